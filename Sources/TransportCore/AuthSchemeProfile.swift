/// What is known of an auth scheme without running it: for lists, the legality of cells, and reports.
public struct AuthSchemeProfile: Sendable {
    /// The name in experiments and on the command line.
    public let name: String
    /// One sentence, for `tandem list`.
    public let purpose: String
    public let needsTLS: Bool
    /// Whether the credential is in a URL or needs a request of its own. In process there is neither.
    public let needsHTTP: Bool
    /// The transports that can carry the credential; nil for all.
    public let transports: Set<TransportName>?
    /// Why the other transports cannot carry it; empty where there are none.
    public let limitation: String
    /// The client APIs that can use the scheme without a polyfill or a proxy.
    public let clients: Set<ClientAPI>

    public init(
        _ name: String, _ purpose: String, needsTLS: Bool = false, needsHTTP: Bool = false,
        transports: Set<TransportName>? = nil, limitation: String = "", clients: Set<ClientAPI>
    ) {
        self.name = name
        self.purpose = purpose
        self.needsTLS = needsTLS
        self.needsHTTP = needsHTTP
        self.transports = transports
        self.limitation = limitation
        self.clients = clients
    }

    /// Why a cell with the scheme cannot exist; nil where it can.
    public func rejection(over transport: TransportName, tls: Bool) -> String? {
        if let transports, !transports.contains(transport) { return limitation }
        if needsHTTP, transport == .inProcess {
            return
                "a subscription in process is no request, and the scheme \(name) needs a URL, or a request of its own"
        }
        return needsTLS && !tls ? "the scheme \(name) is part of TLS" : nil
    }
}

/// An API that a client is written with.
public enum ClientAPI: String, Hashable, Sendable, CaseIterable {
    /// WHATWG HTML, section 9.2.
    case eventSource = "EventSource"
    /// WHATWG WebSockets.
    case webSocket = "WebSocket"
    /// WHATWG Fetch.
    case fetch
    case curl
    case urlSession = "URLSession"

    /// Whether a client with this API can use the transport.
    public func speaks(_ transport: TransportName) -> Bool {
        switch self {
        case .eventSource: transport == .sse
        case .webSocket: transport == .websocket
        case .fetch: transport != .websocket
        case .curl, .urlSession: true
        }
    }
}
