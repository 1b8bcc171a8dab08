public import LWS
public import TransportCore

/// A request that a server answers: its method, its path, and what to do once its credential was verified.
public struct Route: Sendable {
    public let method: Exchange.Method
    /// The segments of the path. `nil` stands for any text, which the handler gets as `parameter`.
    let segments: [String?]
    let access: Access
    /// The transport that the route belongs to; nil for the requests that all share.
    var transport: TransportName?
    /// Whether the handler waits for the request's body.
    public let takesBody: Bool
    /// Whether the response is a stream. HEAD is then refused.
    public let streams: Bool
    let handle: @Sendable (ServerRequest) -> Void

    /// The credential that the request needs.
    enum Access {
        case anyone
        /// Any valid credential.
        case principal
        case scope(Scope)
    }

    /// - Parameters:
    ///   - path: for example `/orders/{id}/events`.
    ///   - scope: the scope that the credential needs; nil for a request without a credential.
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

    /// The scope that the credential needs; nil where no credential is needed, or any will do.
    var scope: Scope? {
        if case .scope(let scope) = access { scope } else { nil }
    }

    /// The route as one of a transport.
    func of(_ transport: TransportName) -> Route {
        var route = self
        route.transport = transport
        return route
    }

    /// Whether the path matches, and the text in place of the placeholder.
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

/// A request for the handler of its route, on its loop's thread.
public final class ServerRequest {
    public let exchange: Exchange
    public let loop: ServerLoop
    public let principal: Principal
    /// The text in place of `{id}` in the route's path.
    public let parameter: String?
    let route: Route
    /// The response repeats it where it is on the list of allowed origins.
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

    /// Refuses a request that can neither wait nor stream.
    func refuse(_ rejection: Exchange.Rejection) {
        switch rejection {
        case .peerHasGone: return
        case .noRoom:
            refuse(
                503, "the system has no room to watch another socket", headers: [("retry-after", "5")], closes: true)
        }
    }

    /// Lets the request wait before it is answered. Where that is impossible, answers so and returns false.
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
