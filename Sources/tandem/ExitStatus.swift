/// The command's exit status. It is thrown where the error has already been printed.
enum ExitStatus: Int32, Error {
    case success = 0
    /// A trial failed, or its figures are not sound.
    case unsound = 1
    /// A wrong command line, or a file with the wrong contents.
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
