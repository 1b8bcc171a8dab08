public import OrderUpdates

/// The client's side of a transport.
///
/// Lifetime: a client has one or more loop threads of its own and carries many connections. `open` may be called from
/// any thread. A connection's handler is called on the client's loop thread only, and never concurrently. Its first
/// event is `opened` or `closed`; `closed` comes exactly once and last. After `shutdown` has returned no handler is
/// called again.
public protocol ClientTransport: Sendable {
    var name: TransportName { get }
    var capabilities: TransportCapabilities { get }
    func makeClient(_ configuration: ClientConfiguration) async throws -> any TransportClient
}

public struct ClientConfiguration: Sendable {
    /// PEM file of the authorities to trust; nil trusts the system's.
    public var trustedAuthorities: String?
    /// The client's certificate for TLS, where the server asks for one; nil sends none.
    public var certificate: CertificateFiles?
    /// An HTTP proxy that tunnels the connections; nil connects to the server directly. It is never taken from the
    /// environment.
    public var proxy: ProxyAddress?
    /// Counts the requests that the client sends; nil counts none.
    public var requests: RequestCount?
    /// The time from `open` to the response's headers.
    public var connectDeadline: Duration = .seconds(10)
    public init() {}
}

/// The address of a proxy.
public struct ProxyAddress: Codable, Hashable, Sendable {
    public var host: String
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}

/// Handlers are called on the client's own threads, and never from within one of these calls. So a caller may hold a
/// lock that its handler takes.
public protocol TransportClient: Sendable {
    /// Opens a connection. Errors arrive through the handler, as `closed`.
    func open(_ subscription: Subscription, handler: any ConnectionHandler) -> ConnectionID

    /// Closes a connection; its handler gets `closed` with `.byClient`.
    func close(_ connection: ConnectionID)

    /// Stops or resumes reading from the socket, as a slow reader does.
    func setReading(_ reads: Bool, _ connection: ConnectionID)

    /// Sends a command. The result comes as `commandResult`, or as `closed`.
    func send(_ command: ClientCommand, _ connection: ConnectionID)

    /// Presents a later credential on an open connection. Does nothing where the transport cannot renew in band.
    func renew(_ connection: ConnectionID, with token: String)

    /// Closes every connection and ends the threads.
    func shutdown() async
}

extension TransportClient {
    public func renew(_ connection: ConnectionID, with token: String) {}
}

/// A connection of one client. It is never reused.
public struct ConnectionID: Hashable, Sendable {
    public var rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// What a connection subscribes to.
public struct Subscription: Sendable {
    public var endpoint: Endpoint
    public var orders: [OrderID]
    /// Resume after this position: the order's where there is one order, else the stream's (the id of its last
    /// event).
    public var after: StreamPosition?
    /// Resume each order after its own position, where one connection carries many orders and has no position for all
    /// of them (WebSocket). Orders without a position begin afresh. Such a transport ignores `after`; the others
    /// ignore these.
    public var positions: [OrderID: StreamPosition] = [:]
    public var credential: Credential
    public var version: ProtocolVersion
    /// The time between two polls. Polling only.
    public var pollInterval: Duration = .seconds(5)
    /// The time from the first poll to the second, so that many pollers do not poll at the same moment; nil takes the
    /// interval. Polling only.
    public var pollPhase: Duration?
    /// How long a long poll waits. Long polling only.
    public var longPollWait: Duration = .seconds(25)
    /// The compression that the client offers to the server. WebSocket only.
    public var compression = MessageCompression.off
    /// The local address to connect from, where one address has too few ports; nil leaves the choice to the system.
    public var localAddress: String?
    /// The path and query to request instead of those of `orders`, percent-encoded, from a server that does not use
    /// our wire format. Every event, message or body that is not in our format is then an update without a position.
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
    /// Chosen by the client. The result repeats it.
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

/// Receives the events of a connection, on the client's loop thread. It must not block.
public protocol ConnectionHandler: AnyObject {
    func connection(_ id: ConnectionID, _ event: borrowing ConnectionEvent)
}

public enum ConnectionEvent {
    /// TCP and, with TLS, the handshake are complete; the request is sent next. It comes once for each connection. A
    /// transport that makes many requests reports it for the first one.
    case connected
    /// The server accepted with status 200 or 101.
    case opened
    /// An update or, where it has no position, the first state. The payload is the JSON as it was on the wire, and is
    /// valid during the call only. `position` is nil where the transport has none.
    case update(position: StreamPosition?, payload: UnsafeRawBufferPointer)
    /// The state of an order at a position: first on a fresh stream, and after `positionLost`.
    case snapshot(position: StreamPosition?, payload: UnsafeRawBufferPointer)
    /// The position that was asked for, or the reader's own, is lost; a snapshot follows. Nil in a stream of one
    /// order.
    case positionLost(order: OrderID?)
    case heartbeat
    /// The server set the time to wait before a reconnect: the field `retry` of an event stream (WHATWG HTML, section
    /// 9.2.6).
    case retry(milliseconds: Int)
    case commandResult(id: String, accepted: Bool, message: String)
    /// A poll had no news (304, or an empty long poll).
    case unchanged
    /// The last event. Nothing follows.
    case closed(ClosedCause)
}

/// Why a connection ended, as far as the client can tell.
public enum ClosedCause: Hashable, Sendable {
    /// The server gave the reason in band.
    case reason(CloseReason)
    /// The server answered with a status that is not success, before the stream began.
    case refused(status: Int, retryAfter: Int?)
    /// The server answered 200 with another content type than that of an event stream. A browser does not reconnect.
    case notAStream(contentType: String)
    /// The connection ended without a reason.
    case ended
    /// The connection could not be made, or broke: connection refused, reset, TLS failure, deadline.
    case failed(String)
    case byClient
}
