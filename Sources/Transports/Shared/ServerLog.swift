import Logging

/// What a server says of its peers: one line a refusal, with the cause, without any part of a credential.
struct ServerLog: Sendable {
    let logger: Logger

    init() {
        logger = Logger(label: "tandem.server")
    }

    func refused(_ status: Int, _ path: String, _ cause: String) {
        logger.notice("refused", metadata: ["status": "\(status)", "path": "\(path)", "cause": "\(cause)"])
    }

    /// A stream ends since its credential has: expired, revoked, logged out.
    func ended(_ reason: String, _ owner: String) {
        logger.notice("ended", metadata: ["reason": "\(reason)", "owner": "\(owner)"])
    }

    func cut(_ reason: String, _ owner: String) {
        logger.notice("cut", metadata: ["reason": "\(reason)", "owner": "\(owner)"])
    }
}
