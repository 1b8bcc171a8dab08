import FoundationEssentials
import NIOHTTP1

/// What the HTTP interface answers.
struct ControlAnswer {
    var status: HTTPResponseStatus
    var body = Data()
    /// The methods that the path has, where another was used.
    var allowed: String?

    /// Of an error; the message says what to do.
    private struct Failure: Encodable {
        var error: String
    }

    init(_ status: HTTPResponseStatus, _ value: some Encodable) {
        self.status = status
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            body = try encoder.encode(value) + Data("\n".utf8)
        } catch {
            preconditionFailure("answers hold finite numbers and text only: \(error)")
        }
    }

    /// Without a body.
    init(_ status: HTTPResponseStatus, allowed: String?) {
        self.status = status
        self.allowed = allowed
    }

    init(_ status: HTTPResponseStatus, _ message: String, allowed: String? = nil) {
        self.init(status, Failure(error: message))
        self.allowed = allowed
    }
}
