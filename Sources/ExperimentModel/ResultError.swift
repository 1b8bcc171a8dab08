/// Result files that cannot be read, written or continued.
public struct ResultError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable {
        case unreadable
        case unwritable
        /// A line within the file is not an observation.
        case damaged
        /// Written by a later version.
        case newerSchema
        /// The observations belong to another plan.
        case anotherPlan
    }

    public var code: Code
    public var message: String
    public var file: String?
    /// Counted from 1.
    public var line: Int?

    public init(_ code: Code, _ message: String, file: String? = nil, line: Int? = nil) {
        self.code = code
        self.message = message
        self.file = file
        self.line = line
    }

    public var description: String {
        guard let file else { return message }
        return line.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)"
    }
}
