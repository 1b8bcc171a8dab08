public import OrderUpdates

/// The client's side of a transport.
///
/// Lifetime: a client has one or more loop threads of its own and carries many connections. `open` may be called from
/// any thread. A connection's handler is called on the client's loop thread only, never concurrently, from `opened` or
/// `closed` on; `closed` is called exactly once and last. After `shutdown` has returned no handler is called again.
public protocol ClientTransport: Sendable {
    var name: TransportName { get }
    var capabilities: TransportCapabilities { get }
    func makeClient(_ configuration: ClientConfiguration) async throws -> any TransportClient
}

public struct ClientConfiguration: Sendable {
    /// PEM file of the authorities to trust; nil trusts the system's.
    public var trustedAuthorities: String?
    /// What TLS shows of the client, where the server asks; nil shows nothing.
    public var certificate: CertificateFiles?
    /// An HTTP proxy whose tunnels carry the connections; nil goes to the server directly. Never taken from the environment.
    public var proxy: ProxyAddress?
    /// Counts the requests that the client sends; nil counts none.
    public var requests: RequestCount?
    /// From `open` to the response's headers.
    public var connectDeadline: Duration = .seconds(10)
    public init() {}
}

/// Where a proxy listens.
public struct ProxyAddress: Codable, Hashable, Sendable {
    public var host: String
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}

/// Handlers are called on the client's own threads, never from within one of these calls: a caller may hold a lock over them that its
/// handler takes.
public protocol TransportClient: Sendable {
    /// Opens a connection. Errors arrive through the handler, as `closed`.
    func open(_ subscription: Subscription, handler: any ConnectionHandler) -> ConnectionID

    /// Closes a connection; its handler gets `closed` with `.byClient`.
    func close(_ connection: ConnectionID)

    /// Stops or resumes to read from the socket: what a slow reader does.
    func setReading(_ reads: Bool, _ connection: ConnectionID)

    /// Sends a command. Its result comes as `commandResult`, or as `closed`.
    func send(_ command: ClientCommand, _ connection: ConnectionID)

    /// Presents a later credential on a connection that is open; does nothing where the transport cannot do so in band.
    func renew(_ connection: ConnectionID, with token: String)

    /// Closes every connection and ends the threads.
    func shutdown() async
}

extension TransportClient {
    public func renew(_ connection: ConnectionID, with token: String) {}
}

/// A connection of one client; never used twice.
public struct ConnectionID: Hashable, Sendable {
    public var rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// What a connection asks for.
public struct Subscription: Sendable {
    public var endpoint: Endpoint
    public var orders: [OrderID]
    /// Resume after this position: the order's where there is one order, else the stream's (as its last event's id said).
    public var after: StreamPosition?
    /// Resume each order after a position of its own, where one connection carries many orders without a position for them
    /// all (WebSocket); orders without one begin afresh. Such a transport leaves `after` aside, as the others leave these.
    public var positions: [OrderID: StreamPosition] = [:]
    public var credential: Credential
    public var version: ProtocolVersion
    /// Between two polls. Polling only.
    public var pollInterval: Duration = .seconds(5)
    /// From the first poll to the second, so that many pollers do not poll as one; nil takes the interval. Polling only.
    public var pollPhase: Duration?
    /// How long a long poll waits. Long polling only.
    public var longPollWait: Duration = .seconds(25)
    /// What is offered to the server. WebSocket only.
    public var compression = MessageCompression.off
    /// The local address to connect from, where one address has too few ports; nil leaves it to the system.
    public var localAddress: String?
    /// Path and query to ask for instead of `orders`, percent-encoded: of a server that does not speak our wire. Every
    /// event, message or body that is none of our wire's is then an update without a position.
    public var path: String?
    /// Further header fields of the request, with lower-case names.
    public var headers: [(name: String, value: String)] = []

    public init(
        endpoint: Endpoint, orders: [OrderID], after: StreamPosition? = nil, credential: Credential = .none,
        version: ProtocolVersion = .h1
    ) {
        self.endpoint = endpoint
        self.orders = orders
        self.after = after
        self.credential = credential
        self.version = version
    }
}

public struct ClientCommand: Sendable {
    /// Chosen by the client; comes back with the result.
    public var id: String
    public var order: OrderID
    /// `approve`, `activate`, `complete`, `fail`, `retry`: see `Docs/Protocol.md`.
    public var name: String
    public init(id: String, order: OrderID, name: String) {
        self.id = id
        self.order = order
        self.name = name
    }
}

/// Receives what happens on a connection, on the client's loop thread. It must not block.
public protocol ConnectionHandler: AnyObject {
    func connection(_ id: ConnectionID, _ event: borrowing ConnectionEvent)
}

public enum ConnectionEvent {
    /// TCP and, where there is any, TLS are up, once a connection; the request goes out next. A transport that makes many
    /// requests says it of the first.
    case connected
    /// The server accepted: status 200 or 101.
    case opened
    /// An update or, without a position before it, the first state. The payload is the JSON as it was on the wire and
    /// is valid during the call only. `position` is nil where the transport has none.
    case update(position: StreamPosition?, payload: UnsafeRawBufferPointer)
    /// The state of an order at a position: first on a fresh stream, and after `positionLost`.
    case snapshot(position: StreamPosition?, payload: UnsafeRawBufferPointer)
    /// The requested position, or the reader's place, is gone; a snapshot follows. Nil where a stream of one order says it.
    case positionLost(order: OrderID?)
    case heartbeat
    /// The server set the time to wait before a reconnect: the field `retry` of an event stream (WHATWG HTML, section 9.2.6).
    case retry(milliseconds: Int)
    case commandResult(id: String, accepted: Bool, message: String)
    /// A poll came back without news (304, or an empty long poll).
    case unchanged
    /// Last. Nothing follows.
    case closed(ClosedCause)
}

/// Why a connection ended, as far as the client can know.
public enum ClosedCause: Hashable, Sendable {
    /// The server said why, in band.
    case reason(CloseReason)
    /// The server answered with a status that is not success, before the stream began.
    case refused(status: Int, retryAfter: Int?)
    /// The server answered 200, with something that is no event stream: the content type. A browser does not come back.
    case notAStream(contentType: String)
    /// The connection ended without a word.
    case ended
    /// No connection came about, or it broke: connection refused, reset, TLS failure, deadline.
    case failed(String)
    case byClient
}
