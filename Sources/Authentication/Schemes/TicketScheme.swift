public import Clocks
import FoundationEssentials
import OrderUpdates
public import TransportCore

/// A ticket in the query that opens one request. A client exchanges a credential for it by `POST /tickets`. It is
/// bound to a principal, to orders and to a transport. It may appear in logs, but is used up by then.
public struct TicketScheme: AuthScheme {
    public static let profile = AuthSchemeProfile(
        "ticket", "A ticket in the URL that opens one request, fetched for a token.", needsHTTP: true,
        clients: Set(ClientAPI.allCases))

    public struct Settings: Hashable, Sendable {
        public var lifetime: Duration = .seconds(30)
        /// The maximum number of unused tickets.
        public var limit = 100_000
        public var limitPerSubject = 20_000

        public init() {}
    }

    private let tickets: TicketStore
    private let settings: Settings
    private let transports: Set<TransportName>

    public init(
        _ settings: Settings = Settings(), transports: Set<TransportName>, clock: any TimeSource = MonotonicClock()
    ) {
        tickets = TicketStore(limit: settings.limit, limitPerSubject: settings.limitPerSubject, clock: clock)
        self.settings = settings
        self.transports = transports
    }

    public var name: String { Self.profile.name }
    public var challenge: String? { nil }

    public func isPresented(by request: some HandshakeRequest) -> Bool {
        !request.queries(Credential.ticketParameter).isEmpty
    }

    public func authenticate(_ request: some HandshakeRequest) throws(AuthenticationFailure) -> Principal {
        let shown = request.queries(Credential.ticketParameter)
        guard let ticket = shown.first else {
            throw AuthenticationFailure(.missing, "the query has no \(Credential.ticketParameter)")
        }
        guard shown.count == 1 else { throw AuthenticationFailure(.ambiguous, "the query has \(shown.count) tickets") }
        return try tickets.redeem(ticket, for: request.target)
    }

    private struct Body: Decodable {
        var transport: String
        var orders: [String]
    }

    public var endpoints: [CredentialEndpoint] {
        [
            CredentialEndpoint(.post, "/tickets", scope: .read, takesBody: true) {
                [tickets, settings, transports] request in
                let names = transports.map(\.rawValue).sorted().joined(separator: ", ")
                guard let body = try? JSONDecoder().decode(Body.self, from: Data(request.body)),
                    case let orders = body.orders.compactMap({ OrderID($0) }), orders.count == body.orders.count,
                    (1...64).contains(orders.count),
                    transports.contains(TransportName(rawValue: body.transport))
                else {
                    return .init(
                        refusing: 400,
                        "send {\"transport\":\"<name>\",\"orders\":[\"<id>\"]} as JSON, of the transports \(names)")
                }
                let ticket = tickets.issue(
                    request.principal, for: orders, over: TransportName(rawValue: body.transport),
                    lifetime: settings.lifetime)
                guard let ticket else {
                    return .init(refusing: 429, "there are too many tickets that were not used", retryAfter: 5)
                }
                let json = "{\"ticket\":\"\(ticket)\",\"lifetime\":\(settings.lifetime.components.seconds)}"
                return .init(201, headers: [("cache-control", "no-store")], body: Array(json.utf8))
            }
        ]
    }
}
