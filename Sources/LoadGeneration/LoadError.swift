/// Why a load could not run.
public struct LoadError: Error, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// The transport is not registered, or lacks a requested feature.
        case unsupported
        case cannotConnect
        case cannotPublish
        /// Before the measurement, updates did not arrive, or arrived with other bytes.
        case notDelivered
        case interrupted
    }

    public var code: Code
    /// What happened, and what to do about it.
    public var message: String
    public var description: String { message }

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
