/// A request of a scheme's own: a login, a ticket, a withdrawal. What it is called with has been authenticated like any other.
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

    /// A body is JSON; a status of 400 or more has the cause in `detail` instead.
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

        /// - Parameter retryAfter: seconds after which the same may be granted; nil where it will not.
        public init(refusing status: Int, _ detail: String, retryAfter: Int? = nil) {
            self.status = status
            self.detail = detail
            headers = retryAfter.map { [("retry-after", String($0))] } ?? []
            body = []
        }
    }

    /// What comes of a request: its answer, or a closure that answers later.
    public enum Reply: Sendable {
        case now(Answer)
        /// The request waits. What is here is called on the loop's thread, returns at once, and calls in turn what it is given with
        /// the answer: once, and on any thread.
        case later(@Sendable (@escaping @Sendable (Answer) -> Void) -> Void)
    }

    public let method: Method
    public let path: String
    /// What the credential must allow; nil where any will do.
    public let scope: Scope?
    /// Whether it has a body, in which the server has found no fault (`StrictJSON`) before it calls `reply`.
    public let takesBody: Bool
    /// Called on a loop's thread, so it neither blocks nor suspends.
    public let reply: @Sendable (Request) -> Reply

    /// - Parameter reply: for what cannot be answered at once.
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
