import Authentication
import Clocks
import FoundationEssentials
import Glibc
import LWS
import OrderUpdates
import TransportCore

/// Sends the requests of an attack to one server, over connections of its own. Confined to one thread.
final class Attacker {
    let target: AuthTarget
    let kit: CredentialKit
    let conditions: AttackConditions
    /// A certificate for this attack alone, which may be revoked; nil where the scheme has none.
    let ownCertificate: IssuedCertificate?
    private var contexts: [RawTLS.Certificate?: RawTLS] = [:]
    /// What was sent and must not appear in an answer.
    private(set) var secrets: Set<String> = []
    /// The bytes of answers, to search them for secrets.
    var answers: [[UInt8]] = []

    init(
        _ target: AuthTarget, _ kit: CredentialKit, _ conditions: AttackConditions,
        ownCertificate: IssuedCertificate? = nil
    ) {
        self.target = target
        self.kit = kit
        self.conditions = conditions
        self.ownCertificate = ownCertificate
    }

    // MARK: Credentials

    /// The cell's credential for a token, exchanged where the scheme exchanges one.
    /// - Throws: `Refused` where the server does not grant it.
    func credential(
        _ token: String? = nil, orders: [String]? = nil, transport: TransportName? = nil
    ) throws -> Credential {
        let token = try token ?? kit.token()
        conceal(token)
        if target.isCookie { return try openSession(token) }
        if target.isTicket {
            return .ticket(try fetchTicket(token, orders: orders ?? [target.order], transport: transport))
        }
        if target.isQuery { return .query(token) }
        if target.isSubprotocol { return .subprotocol(token) }
        if target.takesFirstMessage { return .firstMessage(token) }
        return target.isMutualTLS ? .certificate : .bearer(token)
    }

    /// The credential of a request beside the stream, where the scheme's own credential cannot be used.
    func sideCredential(_ token: String) throws -> Credential {
        conceal(token)
        if target.isCookie { return try openSession(token) }
        if target.isQuery { return .query(token) }
        return target.isMutualTLS ? .certificate : .bearer(token)
    }

    struct Refused: Error {
        var outcome: Outcome
    }

    private struct SessionAnswer: Decodable {
        var csrfToken: String
    }

    func openSession(_ token: String) throws -> Credential {
        let exchange = try answer(RawRequest("POST", "/session"), .bearer(token), certificate: nil)
        let pair = exchange["set-cookie"]?.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1).map(String.init)
        guard exchange.status == 201, let pair, pair.count == 2,
            let body = try? JSONDecoder().decode(SessionAnswer.self, from: Data(exchange.content))
        else { throw Refused(outcome: outcome(of: exchange)) }
        conceal(pair[1])
        return .cookie(
            name: pair[0], value: pair[1], csrfToken: body.csrfToken, origin: conditions.allowedOrigin)
    }

    private struct TicketAnswer: Decodable {
        var ticket: String
    }

    func fetchTicket(_ token: String, orders: [String], transport: TransportName? = nil) throws -> String {
        let list = orders.map { quoted($0) }.joined(separator: ",")
        let body = "{\"transport\":\"\(transport ?? target.transport)\",\"orders\":[\(list)]}"
        let exchange = try answer(RawRequest(post: "/tickets", json: body), .bearer(token), certificate: nil)
        guard exchange.status == 201,
            let answer = try? JSONDecoder().decode(TicketAnswer.self, from: Data(exchange.content))
        else { throw Refused(outcome: outcome(of: exchange)) }
        conceal(answer.ticket)
        return answer.ticket
    }

    /// Remembers what must not appear in answers. Short texts are ignored, because they would be found by chance.
    func conceal(_ secret: String) {
        if secret.utf8.count >= 16 { secrets.insert(secret) }
    }

    // MARK: Requests

    /// The request that opens the cell's transport for an order.
    func opening(_ order: String? = nil) -> RawRequest {
        let order = order ?? target.order
        switch target.transport {
        case .sse: return RawRequest("GET", "/orders/\(order)/events")
        case .websocket: return socketRequest("/orders/\(order)/socket")
        case .longPolling: return RawRequest("GET", "/orders/\(order)/updates")
        default: return RawRequest("GET", "/orders/\(order)")
        }
    }

    func socketRequest(_ path: String) -> RawRequest {
        var request = RawRequest("GET", path)
        request.opensSocket = true
        request.headers = [("sec-websocket-version", "13"), ("sec-websocket-protocol", "order-updates.v1")]
        if target.version == .h1 { request.headers.append(("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")) }
        return request
    }

    /// Puts a credential into a request, where its scheme has it.
    func present(_ credential: Credential, in request: inout RawRequest) {
        request.headers += credential.headers(isUnsafe: request.method != "GET")
        if let parameter = credential.parameter { request.query.append(parameter) }
        if let offered = credential.offeredSubprotocol {
            let others = request.headers.first { $0.name == "sec-websocket-protocol" }?.value
            request.set("sec-websocket-protocol", [others, offered].compactMap(\.self).joined(separator: ", "))
        }
    }

    /// Connects and sends.
    /// - Parameter certificate: the client's certificate for TLS; by default that of the credential.
    func send(
        _ request: RawRequest, _ credential: Credential = .none, certificate: CredentialKit.Certificate?
    ) throws -> RawExchange {
        try send(request, credential, files: certificate.map { kit.certificate($0) })
    }

    func send(
        _ request: RawRequest, _ credential: Credential = .none, files: RawTLS.Certificate? = nil
    ) throws -> RawExchange {
        var request = request
        present(credential, in: &request)
        let files = files ?? (credential == .certificate ? ownCertificate?.files ?? kit.certificate(.good) : nil)
        let exchange = try RawExchange(
            request, to: target.endpoint, target.version, tls: target.endpoint.tls ? context(files) : nil)
        if case .firstMessage(let token) = credential, request.opensSocket {
            guard exchange.read(within: conditions.patience, until: { $0.status != nil }) else { return exchange }
            exchange.send(SocketFrame(text: "{\"type\":\"authenticate\",\"token\":\(quoted(token))}").masked)
        }
        return exchange
    }

    /// Sends a request and waits for the whole answer.
    func answer(
        _ request: RawRequest, _ credential: Credential = .none, certificate: CredentialKit.Certificate?
    ) throws -> RawExchange {
        let exchange = try send(request, credential, certificate: certificate)
        _ = exchange.read(within: conditions.patience) { $0.isComplete }
        return exchange
    }

    /// Revokes a credential, with a token that may do so.
    func revoke(_ json: String) throws {
        let exchange = try answer(
            RawRequest(post: "/revocations", json: json), .bearer(kit.token("operator", scopes: [.revoke])),
            certificate: nil)
        guard exchange.status == 204 else { throw Refused(outcome: outcome(of: exchange)) }
    }

    func wait(for duration: Duration) {
        let (seconds, attoseconds) = duration.components
        var request = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        var left = timespec()
        while nanosleep(&request, &left) != 0, errno == EINTR { request = left }
    }

    private func context(_ files: RawTLS.Certificate?) throws -> RawTLS {
        if let context = contexts[files] { return context }
        guard let authority = target.authority else { preconditionFailure("a target with TLS has an authority") }
        let context = try RawTLS(authority: authority, certificate: files)
        contexts[files] = context
        return context
    }

    // MARK: Outcomes

    /// Opens an order, and returns the outcome.
    func open(
        _ order: String? = nil, _ credential: Credential, _ edit: (inout RawRequest) -> Void = { _ in }
    ) throws -> Outcome {
        var request = opening(order)
        edit(&request)
        return try outcome(request, credential)
    }

    /// Sends a request that opens something or asks for something, and waits until it is clear whether it is allowed.
    func outcome(
        _ request: RawRequest, _ credential: Credential = .none, certificate: CredentialKit.Certificate? = nil
    ) throws -> Outcome {
        let exchange = try send(request, credential, files: certificate.map { kit.certificate($0) })
        return outcome(of: exchange)
    }

    func outcome(of exchange: RawExchange) -> Outcome {
        let outcome = judge(exchange)
        answers.append(exchange.received)
        return outcome
    }

    private func judge(_ exchange: RawExchange) -> Outcome {
        guard exchange.read(within: conditions.patience, until: { $0.status != nil || $0.isReset }) else {
            return exchange.hasEnded ? .ended : .silence
        }
        guard let status = exchange.status else { return .reset }
        if status == 101 { return socketOutcome(exchange) }
        guard exchange["content-type"] == "text/event-stream" else {
            _ = exchange.read(within: conditions.patience) { $0.isComplete }
            // Only the answer to a poll contains this.
            return status == 200 && exchange.text.contains("\"activationStatus\"") ? .delivered : .status(status)
        }
        let hasState = exchange.read(within: conditions.patience) {
            $0.text.contains("\"activationStatus\"") || $0.text.contains("event: close")
        }
        guard hasState else { return exchange.isOver ? .ended : .silence }
        return exchange.text.contains("\"activationStatus\"") ? .delivered : streamEnd(exchange)
    }

    private func socketOutcome(_ exchange: RawExchange) -> Outcome {
        var found: Outcome?
        let isClear = exchange.read(within: conditions.patience) {
            found = Self.verdict(of: SocketFrame.frames(in: $0.content))
            return found != nil
        }
        if isClear, let found { return found }
        return exchange.isOver ? .ended : .silence
    }

    /// The outcome according to the first frame that shows it.
    static func verdict(of frames: some Sequence<SocketFrame>) -> Outcome? {
        for frame in frames {
            if frame.opcode == .close { return close(frame) }
            let text = String(decoding: frame.payload, as: UTF8.self)
            if text.contains("\"activationStatus\"") { return .delivered }
            if text.hasPrefix("{\"type\":\"error\"") { return .message(number("status", in: text) ?? 0) }
            if text.hasPrefix("{\"type\":\"command.result\"") {
                return .command(isAccepted: text.contains("\"accepted\":true"))
            }
        }
        return nil
    }

    static func close(_ frame: SocketFrame) -> Outcome {
        guard frame.payload.count >= 2 else { return .close(1005, "") }
        let code = UInt16(frame.payload[0]) << 8 | UInt16(frame.payload[1])
        let text = String(decoding: frame.payload.dropFirst(2), as: UTF8.self)
        return .close(code, string("reason", in: text) ?? "")
    }

    /// The last event of an SSE stream.
    func streamEnd(_ exchange: RawExchange) -> Outcome {
        guard let event = exchange.text.split(separator: "event: close\ndata: ").dropFirst().first else {
            return .ended
        }
        let line = String(event.prefix { $0 != "\n" })
        return .close(UInt16(clamping: Self.number("code", in: line) ?? 0), Self.string("reason", in: line) ?? "")
    }

    private static func number(_ name: String, in json: String) -> Int? {
        json.split(separator: "\"\(name)\":").dropFirst().first.flatMap { Int($0.prefix(while: \.isNumber)) }
    }

    private static func string(_ name: String, in json: String) -> String? {
        json.split(separator: "\"\(name)\":\"").dropFirst().first.map { String($0.prefix { $0 != "\"" }) }
    }
}
