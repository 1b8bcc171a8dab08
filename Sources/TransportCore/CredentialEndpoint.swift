/// A request that belongs to a scheme: a login, a ticket, a revocation. The server has authenticated it like any
/// other.
public struct CredentialEndpoint: Sendable {
    public enum Method: String, Hashable, Sendable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    public struct Request {
        public var principal: Principal
        public var body: [UInt8]
        public var isTLS: Bool

        public init(principal: Principal, body: [UInt8], isTLS: Bool) {
            self.principal = principal
            self.body = body
            self.isTLS = isTLS
        }
    }

    /// A body is JSON. A status of 400 or more has its cause in `detail` instead.
    public struct Answer: Sendable {
        public var status: Int
        public var headers: [(name: String, value: String)]
        public var body: [UInt8]
        public var detail: String

        public init(_ status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
            self.status = status
            self.headers = headers
            self.body = body
            detail = ""
        }

        /// - Parameter retryAfter: seconds after which the request may succeed; nil where it will not.
        public init(refusing status: Int, _ detail: String, retryAfter: Int? = nil) {
            self.status = status
            self.detail = detail
            headers = retryAfter.map { [("retry-after", String($0))] } ?? []
            body = []
        }
    }

    /// The result of a request: its answer, or a closure that answers later.
    public enum Reply: Sendable {
        case now(Answer)
        /// The request waits for its answer. The closure is called on the loop's thread and returns at once. It calls
        /// its argument with the answer exactly once, on any thread.
        case later(@Sendable (@escaping @Sendable (Answer) -> Void) -> Void)
    }

    public let method: Method
    public let path: String
    /// The scope that the credential needs; nil where any will do.
    public let scope: Scope?
    /// Whether the request has a body, which `StrictJSON` has accepted before `reply` is called.
    public let takesBody: Bool
    /// Called on a loop's thread, so it neither blocks nor suspends.
    public let reply: @Sendable (Request) -> Reply

    /// - Parameter reply: may answer later.
    public init(
        _ method: Method, _ path: String, scope: Scope? = nil, takesBody: Bool = false,
        reply: @escaping @Sendable (Request) -> Reply
    ) {
        self.method = method
        self.path = path
        self.scope = scope
        self.takesBody = takesBody
        self.reply = reply
    }

    public init(
        _ method: Method, _ path: String, scope: Scope? = nil, takesBody: Bool = false,
        handle: @escaping @Sendable (Request) -> Answer
    ) {
        self.init(method, path, scope: scope, takesBody: takesBody, reply: { .now(handle($0)) })
    }
}
