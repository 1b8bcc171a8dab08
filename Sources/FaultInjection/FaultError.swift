/// Why the fault proxy does not do what it was asked.
public struct FaultError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable {
        /// Not a plan, or not a fault with its parameters.
        case invalid
        /// No such fault, or no such path.
        case unknown
        /// The address is taken, not this machine's, or cannot be resolved.
        case address
        /// A program that is not installed, or does not do what it should.
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
