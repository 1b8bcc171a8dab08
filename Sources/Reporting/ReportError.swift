/// Why there is no report, and what to do about it.
public struct ReportError: Error, Hashable, CustomStringConvertible {
    public enum Code: Sendable, Hashable {
        case missingFile
        case unreadable
        case noObservations
        case notWritten
        case brokenTemplate
    }

    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }

    static let noObservations = Self(
        .noObservations,
        "the run has no observations yet: run the experiment (tandem run), or go on with it (tandem run --resume)")
}
