/// What the command's exit says; thrown where everything has been said already.
enum ExitStatus: Int32, Error {
    case success = 0
    /// A trial failed, or its figures are not sound.
    case unsound = 1
    /// A wrong command line, or a file that is not what it should be.
    case usage = 2
    /// This machine lacks something.
    case environment = 3
    case interrupted = 130
}

/// Ends the command with a message of one line, without its usage.
struct CommandFailure: Error {
    var status: ExitStatus
    /// What happened and what to do about it.
    var message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }
}
