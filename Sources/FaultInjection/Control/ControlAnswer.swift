import FoundationEssentials
import NIOHTTP1

/// An answer of the HTTP interface.
struct ControlAnswer {
    var status: HTTPResponseStatus
    var body = Data()
    /// The methods of the path, where another one was used.
    var allowed: String?

    /// The body of an error. The message says what to do.
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

    /// An answer without a body.
    init(_ status: HTTPResponseStatus, allowed: String?) {
        self.status = status
        self.allowed = allowed
    }

    init(_ status: HTTPResponseStatus, _ message: String, allowed: String? = nil) {
        self.init(status, Failure(error: message))
        self.allowed = allowed
    }
}
