import Clocks
public import OrderUpdates
import Threads
public import TransportCore
public import Transports

/// What the measures of a cell share: a running server, credentials that it accepts, and clients of the transport.
public struct StudyBench: Sendable {
    public var target: AuthTarget
    public var kit: CredentialKit
    public var transport: any ClientTransport
    /// The orders that updates are published to. All belong to the subject.
    public var orders: [OrderID]
    /// The time between two polls, where the transport polls.
    public var pollInterval: Duration = .milliseconds(100)
    /// For control requests, with a bearer header.
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
    /// The client's certificate; nil where the scheme carries a token.
    var ownCertificate: CertificateFiles? { hasToken ? nil : kit.certificate(.good).clientFiles }
    var isStream: Bool { [.sse, .websocket].contains(target.transport) }
    /// An order that gets only the updates that a measure publishes itself.
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

    /// For requests of machines and operators, which use HTTP/1.1 whatever the transport does.
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

    /// Publishes an update as a machine would. Returns the status.
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

    /// The status of a request with a credential.
    public func answer(to path: String, _ credential: Credential) async throws -> Int {
        try await control.send("GET", path, credential).status
    }

    func publisherToken() throws -> String { try kit.token("publisher", scopes: [.publish]) }

    /// The first whole second that is at least `seconds` from now.
    func nextSecond(in seconds: Double) -> Int64 {
        (clock.unixNanoseconds + Int64(seconds * 1e9)) / 1_000_000_000 + 1
    }

    /// Runs a measure that begins before a whole second and ends after it. Where that second came before the measure
    /// was ready, it is repeated with three times the lead, and so on.
    func beforeSecond<Result: Sendable>(
        in seconds: Double, _ body: (_ second: Int64) async throws -> Result
    ) async throws -> Result {
        var lead = seconds
        while true {
            let second = nextSecond(in: lead)
            do {
                return try await body(second)
            } catch let error as StudyError {
                // A measure that failed while there was time, or with the maximum lead, failed for another reason.
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
