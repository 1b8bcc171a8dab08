import Logging
import OrderUpdates

/// A server's log of its peers: one line for each refusal, with the cause and without any part of a credential.
struct ServerLog: Sendable {
    let logger: Logger

    init(_ logger: Logger) {
        self.logger = logger
    }

    func refused(_ status: Int, _ path: String, _ cause: String) {
        logger.notice(
            "refused", metadata: ["status": "\(status)", "path": "\(Self.line(path))", "cause": "\(Self.line(cause))"])
    }

    /// Streams end because their credential has ended: expired, revoked, logged out.
    /// - Parameter streams: how many streams were opened with the credential.
    func ended(_ reason: String, _ owner: Subject, streams: Int = 1) {
        logger.notice(
            "ended",
            metadata: ["reason": "\(reason)", "owner": "\(Self.line(owner.description))", "streams": "\(streams)"])
    }

    /// Text that a peer can choose stays on its line, and is short.
    private static func line(_ text: String) -> String {
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(200) {
            let breaksOut =
                scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0x2028
                || scalar.value == 0x2029
            line.append(breaksOut ? "?" : scalar)
        }
        return String(line)
    }

    func cut(_ reason: String, _ owner: Subject) {
        logger.notice("cut", metadata: ["reason": "\(reason)", "owner": "\(Self.line(owner.description))"])
    }
}
