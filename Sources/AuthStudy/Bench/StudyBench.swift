import Clocks
public import OrderUpdates
import Threads
public import TransportCore
public import Transports

/// What the measures of a cell share: a running server, the credentials that it believes, and clients of its transport.
public struct StudyBench: Sendable {
    public var target: AuthTarget
    public var kit: CredentialKit
    public var transport: any ClientTransport
    /// The orders that updates flow to, all of them the subject's.
    public var orders: [OrderID]
    /// Between two polls, where the transport polls.
    public var pollInterval: Duration = .milliseconds(100)
    /// Control calls, with a bearer header.
    public let requester: HTTPRequester
    let clock = MonotonicClock()

    /// - Throws: `LWSError` where no client can be made.
    public init(
        _ target: AuthTarget, kit: CredentialKit, transport: any ClientTransport, orders: [OrderID]
    ) throws {
        self.target = target
        self.kit = kit
        self.transport = transport
        self.orders = orders
        requester = try HTTPRequester(trustedAuthorities: target.authority)
    }

    /// Ends the bench's own connections.
    public func shutdown() async { await requester.shutdown() }

    /// Whether the scheme carries a token, or something that was exchanged for one.
    var hasToken: Bool { target.scheme != "mtls" }
    /// What clients show of themselves in TLS; nil where the scheme carries a token.
    var ownCertificate: CertificateFiles? { hasToken ? nil : kit.certificate(.good).clientFiles }
    var isPolling: Bool { !transport.capabilities.pushes }
    var isStream: Bool { [.sse, .websocket].contains(target.transport) }
    /// The order that nothing flows to but what a measure publishes itself.
    var quietOrder: OrderID {
        get throws {
            guard let order = OrderID(target.order) else { throw StudyError("'\(target.order)' is no order's name") }
            return order
        }
    }

    /// - Parameter endpoint: nil for the target's own.
    func exchange(at endpoint: Endpoint? = nil, counting requests: RequestCount? = nil) -> CredentialExchange {
        CredentialExchange(
            to: endpoint ?? target.endpoint, version: target.version, over: requester, requests: requests)
    }

    /// Requests of machines and operators, which go by HTTP/1.1 whatever the transport does.
    var control: CredentialExchange { CredentialExchange(to: target.endpoint, version: .h1, over: requester) }

    /// Runs a client of the transport.
    func withClient<Result: Sendable>(
        certificate: CertificateFiles? = nil, counting requests: RequestCount? = nil,
        _ body: (any TransportClient) async throws -> Result
    ) async throws -> Result {
        var configuration = ClientConfiguration()
        configuration.trustedAuthorities = target.authority
        configuration.certificate = certificate ?? ownCertificate
        configuration.requests = requests
        let client = try await transport.makeClient(configuration)
        return try await withEnd {
            await client.shutdown()
        } _: {
            try await body(client)
        }
    }

    func subscription(
        to order: OrderID, _ credential: Credential, after position: StreamPosition? = nil, at endpoint: Endpoint? = nil
    ) -> Subscription {
        var subscription = Subscription(
            endpoint: endpoint ?? target.endpoint, orders: [order], after: position, credential: credential,
            version: target.version)
        subscription.pollInterval = pollInterval
        return subscription
    }

    /// Publishes an update as a machine does. Returns the status.
    @discardableResult
    func publish(to order: OrderID, number: Int, with token: String) async throws -> Int {
        let update = OrderUpdate(
            orderID: order, status: .activating, stage: "provisioning", message: "step \(number)", source: "study",
            timestamp: clock.unixNanoseconds)
        var body: [UInt8] = []
        update.appendJSON(to: &body)
        let answer = try await control.send(
            "POST", "/orders/\(order)/updates", .bearer(token), body: String(decoding: body, as: UTF8.self))
        return answer.status
    }

    /// The status of a request, asked as whoever has the credential.
    public func answer(to path: String, _ credential: Credential) async throws -> Int {
        try await control.send("GET", path, credential).status
    }

    func publisherToken() throws -> String { try kit.token("publisher", scopes: [.publish]) }

    /// The first whole second that leaves `seconds` from now.
    func nextSecond(in seconds: Double) -> Int64 {
        (clock.unixNanoseconds + Int64(seconds * 1e9)) / 1_000_000_000 + 1
    }

    /// Measures what begins before a whole second and goes on after it. Tried again with more time, thrice as much and again, where
    /// that second came before the measure was ready for it.
    func beforeSecond<Result: Sendable>(
        in seconds: Double, _ body: (_ second: Int64) async throws -> Result
    ) async throws -> Result {
        var lead = seconds
        while true {
            let second = nextSecond(in: lead)
            do {
                return try await body(second)
            } catch let error as StudyError {
                // What failed while there was time, or with plenty of it, failed for another reason.
                guard error.isTooLate || clock.unixNanoseconds >= second * 1_000_000_000, lead < Self.maximumLead else {
                    throw error
                }
                lead *= 3
            }
        }
    }

    private static let maximumLead = 20.0

    func sleep(untilUnixNanoseconds time: Int64) async throws {
        let rest = time - clock.unixNanoseconds
        if rest > 0 { try await Task.sleep(for: .nanoseconds(rest)) }
    }
}
