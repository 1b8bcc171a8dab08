/// What is wrong with an experiment file, where, and what to write instead.
public struct ExperimentFileError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable {
        case unreadable
        /// The file is not YAML.
        case syntax
        case unknownKey
        case unknownName
        case missingKey
        case wrongType
        case outOfRange
        /// Each value is valid, but together they make no experiment.
        case contradiction
    }

    public var code: Code
    public var file: String
    /// Counted from 1; nil where the file could not be read.
    public var line: Int?
    /// Counted from 1, in Unicode scalars.
    public var column: Int?
    public var message: String
    /// The valid name nearest to the one that was written; nil where none is near.
    public var suggestion: String?
    /// All names that are valid in this place.
    public var valid: [String]

    init(
        _ code: Code, _ message: String, file: String, line: Int? = nil, column: Int? = nil, suggestion: String? = nil,
        valid: [String] = []
    ) {
        self.code = code
        self.message = message
        self.file = file
        self.line = line
        self.column = column
        self.suggestion = suggestion
        self.valid = valid
    }

    /// `file:line:column: message`, as compilers write it, so that editors can jump there.
    public var description: String {
        var text = file
        if let line { text += ":\(line)" }
        if line != nil, let column { text += ":\(column)" }
        text += ": \(message)"
        if let suggestion { text += "; did you mean '\(suggestion)'?" }
        if !valid.isEmpty { text += " (valid here: \(valid.joined(separator: ", ")))" }
        return text
    }
}
