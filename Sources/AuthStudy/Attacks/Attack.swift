import TransportCore

/// One thing that somebody without the right to it tries, as a value: where it can exist, what it sends, what must come back.
public struct Attack: Sendable {
    public enum Category: String, Sendable, CaseIterable {
        /// Not an attack: a good request, which must pass, so that a server that refuses everything fails.
        case control
        case token, key, claims, duplication, size, ownership, ticket, origin, subprotocol
        case firstMessage = "first message"
        case scope, life, injection, compression, mtls
        /// Names that are another's where they are compared as text.
        case equivalence = "canonical equivalence"
    }

    public let name: String
    public let category: Category
    /// Whether it waits for seconds: it then runs beside others.
    let isSlow: Bool
    /// Lines that the server's log has of it, each with a cause.
    let logLines: Int
    /// How long the certificate lasts that the attack has for itself with the scheme `mtls`; nil where it takes the common one.
    let certificateLifetime: Duration?
    private let objects: @Sendable (AuthTarget) -> String?
    private let expects: @Sendable (AuthTarget) -> [Outcome]
    private let carryOut: @Sendable (Attacker) throws -> Outcome

    /// - Parameters:
    ///   - logLines: 0 where TLS ends the connection before the server sees a request.
    ///   - objects: why the attack cannot exist in a cell; nil where it can.
    ///   - expects: any of these must come back.
    init(
        _ name: String, _ category: Category, isSlow: Bool = false, logLines: Int = 1,
        certificate: Duration? = nil,
        unless objects: @escaping @Sendable (AuthTarget) -> String? = { _ in nil },
        expects: @escaping @Sendable (AuthTarget) -> [Outcome],
        _ carryOut: @escaping @Sendable (Attacker) throws -> Outcome
    ) {
        self.name = name
        self.category = category
        self.isSlow = isSlow
        self.logLines = logLines
        certificateLifetime = certificate
        self.objects = objects
        self.expects = expects
        self.carryOut = carryOut
    }

    /// Why the attack cannot exist in a cell: one sentence; nil where it can.
    public func rejection(to target: AuthTarget) -> String? { objects(target) }

    func expected(of target: AuthTarget) -> [Outcome] { expects(target) }

    func carryOut(by attacker: Attacker) throws -> Outcome { try carryOut(attacker) }
}
