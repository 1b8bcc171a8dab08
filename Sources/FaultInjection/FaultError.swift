/// Why the fault proxy does not do what it was asked to.
public struct FaultError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable {
        /// Not a plan, or not a fault with its parameters.
        case invalid
        /// No such fault, or no such path.
        case unknown
        /// The address is in use, belongs to another machine, or cannot be resolved.
        case address
        /// A program that is not installed, or does not work as expected.
        case program
    }

    public var code: Code
    /// What is wrong, and what to do about it.
    public var message: String
    public var description: String { message }

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
