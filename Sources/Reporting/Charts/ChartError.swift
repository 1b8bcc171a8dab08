/// Why a chart could not be drawn. The report shows it in the chart's place.
public struct ChartError: Error, Hashable, CustomStringConvertible {
    public enum Code: Sendable, Hashable {
        case missingProgram
        case timedOut
        case failed
    }

    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
