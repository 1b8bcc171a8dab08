package import OrderUpdates
package import TransportCore

/// Why a peer is not admitted, or not served.
package struct Rejection: Error {
    package var status: Int
    /// The text for the peer.
    package var detail: String
    /// The text for the log, where it differs.
    package var cause: String?
    var headers: [(name: String, value: String)] = []
    /// The seconds after which another attempt makes sense; nil where none does.
    package var retryAfter: Int?
    /// Whether the connection ends with it.
    var closes = false

    init(_ status: Int, _ detail: String, because cause: String? = nil) {
        self.status = status
        self.detail = detail
        self.cause = cause
    }

    fileprivate init(_ failure: AuthenticationFailure, _ auth: any AuthScheme) {
        self.init(failure.status, failure.publicDetail, because: failure.cause)
        headers = auth.challenge(for: failure)
    }

    /// Something that this server does not do at the moment.
    private static func unavailable(_ detail: String, retryAfter: Int, closes: Bool = false) -> Self {
        var refusal = Self(503, detail)
        refusal.retryAfter = retryAfter
        refusal.closes = closes
        return refusal
    }

    static let draining = unavailable("the server is draining", retryAfter: 1, closes: true)
    static let full = unavailable("the limit of connections is reached", retryAfter: 5, closes: true)
    static func tooManyOpen(wait: Int) -> Self {
        unavailable("more streams open than may in a second", retryAfter: wait, closes: true)
    }
    static let ownerIsFull = unavailable("the limit of connections of one owner is reached", retryAfter: 5)
    static let unknownSockets = unavailable(
        "there are too many sockets without a credential", retryAfter: 5, closes: true)

    /// The header fields, including `Retry-After` (RFC 9110, section 10.2.3).
    var allHeaders: [(name: String, value: String)] {
        headers + (retryAfter.map { [("retry-after", String($0))] } ?? [])
    }
}

/// The facts about a server that admission needs.
package protocol AdmissionFacts {
    var isDraining: Bool { get }
    var isFull: Bool { get }
    var auth: any AuthScheme { get }
    /// The seconds until a stream may open; nil where one may open now.
    func openingWait() -> Int?
    /// Nil where the order does not exist.
    func owner(of order: OrderID) -> Subject?
}

/// Decides who is admitted. Each check is written once for all transports, and the cheapest come first. The checks do
/// not change the server; the caller that carries out the verdict reserves a slot. A scheme may change its state: a
/// ticket is used up when it is presented.
package enum Admission {
    /// What a request asks for.
    package struct Wish {
        /// The scope that the credential needs; nil for any credential.
        package var scope: Scope?
        package var opensStream: Bool
        /// The orders that it names, all of which must be the principal's.
        package var orders: [String]

        package init(scope: Scope?, opensStream: Bool = false, orders: [String] = []) {
            self.scope = scope
            self.opensStream = opensStream
            self.orders = orders
        }
    }

    package struct Verdict {
        package var principal: Principal
        package var orders: [OrderID]
    }

    /// Judges a request that opens something.
    package static func judge(
        _ request: some HandshakeRequest, _ wish: Wish, _ facts: some AdmissionFacts
    ) throws(Rejection) -> Verdict {
        try enter(facts, opensStream: wish.opensStream)
        let principal: Principal
        do throws(AuthenticationFailure) {
            principal = try facts.auth.authenticate(request)
        } catch {
            throw Rejection(error, facts.auth)
        }
        return try verdict(on: principal, wish, facts)
    }

    /// Judges a token on a connection that is already open.
    package static func judge(
        token: String, _ wish: Wish, _ facts: some AdmissionFacts
    ) throws(Rejection) -> Verdict {
        let principal: Principal
        do throws(AuthenticationFailure) {
            principal = try facts.auth.authenticate(token: token)
        } catch {
            throw Rejection(error, facts.auth)
        }
        return try verdict(on: principal, wish, facts)
    }

    private static func verdict(
        on principal: Principal, _ wish: Wish, _ facts: some AdmissionFacts
    ) throws(Rejection) -> Verdict {
        if let scope = wish.scope, !principal.scopes.contains(scope) {
            throw Rejection(
                403, "the credential does not allow \(scope.rawValue)",
                because: "\(principal.subject) lacks \(scope.rawValue)")
        }
        return Verdict(principal: principal, orders: try authorize(wish.orders, principal, facts))
    }

    /// The checks before the credential, which is the most expensive one.
    package static func enter(_ facts: some AdmissionFacts, opensStream: Bool) throws(Rejection) {
        if facts.isDraining { throw .draining }
        if facts.isFull { throw .full }
        if opensStream, let wait = facts.openingWait() { throw .tooManyOpen(wait: wait) }
    }

    /// The orders with these names. All of them must exist and be the principal's.
    ///
    /// - Parameter anyOwner: true for systems that publish for all owners.
    package static func authorize(
        _ names: [String], _ principal: Principal, anyOwner: Bool = false, _ facts: some AdmissionFacts
    ) throws(Rejection) -> [OrderID] {
        var orders: [OrderID] = []
        for name in names {
            guard let id = OrderID(name) else {
                throw Rejection(404, "'\(name.prefix(OrderID.maximumLength))' cannot be the name of an order")
            }
            guard let owner = facts.owner(of: id) else { throw Rejection(404, "there is no order \(id)") }
            guard anyOwner || principal.reaches(id, of: owner) else {
                throw Rejection(403, "order \(id) is not for this credential")
            }
            orders.append(id)
        }
        return orders
    }
}

extension AuthenticationFailure {
    /// The text for the peer. It does not say which part of a guess was right.
    var publicDetail: String {
        switch kind {
        case .ambiguous: "present one credential, once"
        case .crossSite: "the request does not show that it comes from an allowed page"
        default: "a valid credential is needed"
        }
    }
}

extension AuthScheme {
    /// The header fields of a refusal (RFC 9110, section 11.6.1).
    func challenge(for failure: AuthenticationFailure) -> [(name: String, value: String)] {
        guard failure.status == 401 else { return [] }
        return (challenge.map { [("www-authenticate", $0)] } ?? [])
            + (failure.setCookie.map { [("set-cookie", $0)] } ?? [])
    }
}
