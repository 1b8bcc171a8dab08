/// The load could not be put on the server.
public struct LoadError: Error, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// The transport is not registered, or cannot do what is asked.
        case unsupported
        case cannotConnect
        case cannotPublish
        /// The server did not deliver what was published, before anything was timed.
        case notDelivered
        case interrupted
    }

    public var code: Code
    /// What happened and what to do about it.
    public var message: String
    public var description: String { message }

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
