public import OrderUpdates

/// The server's side of a transport: how the hub's updates reach subscribers.
///
/// Lifetime: `start` is called once and returns when clients can connect; `RunningServer.drain` or `stop` is called
/// at least once, in any order and from any task, and both may be called again without effect. A transport owns its
/// threads; it holds the service until it has stopped.
public protocol ServerTransport: Sendable {
    var name: TransportName { get }
    var capabilities: TransportCapabilities { get }

    /// Starts serving.
    /// - Throws: `TransportError` where it cannot listen on the address or cannot satisfy the configuration.
    func start(_ service: OrderService, _ configuration: ServerConfiguration) async throws -> any RunningServer
}

/// A server that accepts connections until it is drained or stopped.
public protocol RunningServer: Sendable {
    /// Where clients connect.
    var endpoint: Endpoint { get }
    var statistics: ServerStatistics { get }

    /// Stops accepting, sends every client `CloseReason.draining`, and returns when all have gone or `bound` has
    /// passed; then the rest is cut off. Returns the number of connections that had to be cut.
    @discardableResult
    func drain(within bound: Duration) async -> Int

    /// Stops at once: connections end without a reason, as if the process had died.
    func stop() async
}

/// What a transport serves: the orders, and who may see them.
public struct OrderService: Sendable {
    public var hub: OrderEventHub
    public var auth: any AuthScheme

    public init(hub: OrderEventHub, auth: any AuthScheme) {
        self.hub = hub
        self.auth = auth
    }
}

/// The address where clients reach a server.
public struct Endpoint: Hashable, Sendable {
    public var host: String
    /// 0 in process.
    public var port: Int
    /// The port for HTTP/2 without TLS (prior knowledge, RFC 9113, section 3.3); nil where it is not served.
    public var h2cPort: Int?
    public var tls: Bool

    public init(host: String, port: Int, h2cPort: Int? = nil, tls: Bool = false) {
        self.host = host
        self.port = port
        self.h2cPort = h2cPort
        self.tls = tls
    }
}

/// Counters of a server since its start. Reading them costs no lock on the delivery path.
public struct ServerStatistics: Hashable, Sendable {
    public var connections: Int = 0
    /// Streams that have ended, for whatever reason.
    public var streamsEnded: Int = 0
    public var subscribers: Int = 0
    public var accepted: Int = 0
    public var delivered: Int = 0
    public var heartbeats: Int = 0
    public var positionsLost: Int = 0
    public var slowConsumersCut: Int = 0
    public var refused: Int = 0
    public var requests: Int = 0

    public init() {}
}

/// A transport could not start or could not connect.
public struct TransportError: Error, CustomStringConvertible {
    public enum Code: String, Sendable {
        case addressInUse, unsupported, invalidConfiguration, unavailable
    }
    public var code: Code
    /// What happened and what to do about it.
    public var message: String
    public var description: String { message }

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
