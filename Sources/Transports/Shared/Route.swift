public import LWS
public import TransportCore

/// A request that a server answers: a method, a path, and what to do once its credential was verified.
public struct Route: Sendable {
    public let method: Exchange.Method
    /// Segments of the path; `nil` stands for one of any text, which the handler gets as `order`.
    let segments: [String?]
    let access: Access
    /// The transport whose route it is; nil for the requests beside them.
    var transport: TransportName?
    /// Whether the handler waits for the request's body.
    public let takesBody: Bool
    /// Whether the response is a stream, which a HEAD cannot ask for.
    public let streams: Bool
    let handle: @Sendable (ServerRequest) -> Void

    /// Who may send the request.
    enum Access {
        case anyone
        /// Whoever presents a credential.
        case principal
        case scope(Scope)
    }

    /// - Parameters:
    ///   - path: for example `/orders/{id}/events`.
    ///   - scope: what the credential must allow; nil for a request that needs none.
    public init(
        _ method: Exchange.Method, _ path: String, scope: Scope?, takesBody: Bool = false, streams: Bool = false,
        handle: @escaping @Sendable (ServerRequest) -> Void
    ) {
        self.init(
            method, path, access: scope.map { .scope($0) } ?? .anyone, takesBody: takesBody, streams: streams,
            handle: handle)
    }

    init(
        _ method: Exchange.Method, _ path: String, access: Access, takesBody: Bool = false, streams: Bool = false,
        handle: @escaping @Sendable (ServerRequest) -> Void
    ) {
        self.method = method
        segments = path.split(separator: "/").map { $0.hasPrefix("{") ? nil : String($0) }
        self.access = access
        self.takesBody = takesBody
        self.streams = streams
        self.handle = handle
    }

    /// What the credential must allow; nil where none is needed, or any will do.
    var scope: Scope? {
        if case .scope(let scope) = access { scope } else { nil }
    }

    /// The route as one of a transport's.
    func of(_ transport: TransportName) -> Route {
        var route = self
        route.transport = transport
        return route
    }

    /// Whether the path is this route's, and what stands for its placeholder.
    func match(_ path: [Substring]) -> (matches: Bool, parameter: String?) {
        guard path.count == segments.count else { return (false, nil) }
        var parameter: String?
        for (given, wanted) in zip(path, segments) {
            if let wanted {
                guard given == wanted else { return (false, nil) }
            } else {
                parameter = String(given)
            }
        }
        return (true, parameter)
    }
}

/// A request on its way to its route's handler, on its loop's thread.
public final class ServerRequest {
    public let exchange: Exchange
    public let loop: ServerLoop
    public let principal: Principal
    /// What stood for `{id}` in the route's path.
    public let parameter: String?
    let route: Route
    /// Echoed with the response where the origin is on the allow-list.
    let origin: Origin?

    init(
        _ exchange: Exchange, on loop: ServerLoop, principal: Principal, parameter: String?, route: Route,
        origin: Origin?
    ) {
        self.exchange = exchange
        self.loop = loop
        self.principal = principal
        self.parameter = parameter
        self.route = route
        self.origin = origin
    }

    public func respond(_ response: Response) {
        var response = response
        response.headers += loop.crossOrigin.headers(for: origin)
        exchange.respond(response)
    }

    public func refuse(
        _ status: Int, _ detail: String, headers: [(name: String, value: String)] = [], closes: Bool = false
    ) {
        loop.counters.refused.count()
        loop.log.refused(status, exchange.path, detail)
        respond(.problem(status, detail, headers: headers, closes: closes))
    }

    func refuse(_ refusal: Rejection) {
        loop.counters.refused.count()
        loop.log.refused(refusal.status, exchange.path, refusal.cause ?? refusal.detail)
        respond(.problem(refusal))
    }

    /// Refuses what can neither wait nor stream.
    func refuse(_ rejection: Exchange.Rejection) {
        switch rejection {
        case .peerHasGone: return
        case .noRoom:
            refuse(
                503, "the system has no room to watch another socket", headers: [("retry-after", "5")], closes: true)
        }
    }

    /// Waits before it answers. Returns false where it cannot, and has answered so.
    func park() -> Bool {
        do throws(Exchange.Rejection) {
            try exchange.park()
            return true
        } catch {
            refuse(error)
            return false
        }
    }
}
