/// A trial could not be measured to its end. The run continues with the next one.
public struct TrialError: Error, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// A child process did not start, or ended before its time.
        case childEnded
        /// A child process did not do something in time.
        case timeout
        /// A child process printed something unexpected.
        case unexpectedOutput
        /// The load generator gave up, and printed why.
        case loadFailed
    }

    public var code: Code
    /// One sentence for a person.
    public var message: String
    public var description: String { message }

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
