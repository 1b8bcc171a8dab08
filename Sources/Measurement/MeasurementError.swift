/// A figure of the system that could not be read.
public struct MeasurementError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable {
        /// The process does not exist, or has ended.
        case noSuchProcess
        case notPermitted
        /// The file does not exist, or cannot be read: not Linux, or a kernel without it.
        case unavailable
        /// The kernel's file has an unknown form.
        case unknownForm
    }

    public var code: Code
    public var message: String
    /// `errno`; nil where no call failed.
    public var systemError: Int32?

    public init(_ code: Code, _ message: String, systemError: Int32? = nil) {
        self.code = code
        self.message = message
        self.systemError = systemError
    }

    public var description: String { message }
}
