import TransportCore

/// An attack as a value: the cells where it is possible, what it sends, and which rejection is expected.
public struct Attack: Sendable {
    public enum Category: String, Sendable, CaseIterable {
        /// Not an attack but a good request. It must pass, so that a server that refuses everything fails.
        case control
        case token, key, claims, duplication, size, ownership, ticket, origin, subprotocol
        case firstMessage = "first message"
        case scope, life, injection, compression, mtls
        /// A name that equals another subject's name where the two are compared as text.
        case equivalence = "canonical equivalence"
    }

    public let name: String
    public let category: Category
    /// Whether it waits for seconds. It then runs beside other attacks.
    let isSlow: Bool
    /// How many lines the server's log gets for it, each with a cause.
    let logLines: Int
    /// The lifetime of a certificate for this attack alone, with the scheme `mtls`; nil where it uses the common one.
    let certificateLifetime: Duration?
    private let rejects: @Sendable (AuthTarget) -> String?
    private let expects: @Sendable (AuthTarget) -> [Outcome]
    private let carryOut: @Sendable (Attacker) throws -> Outcome

    /// - Parameters:
    ///   - logLines: 0 where TLS ends the connection before the server sees a request.
    ///   - rejects: why the attack is impossible in a cell; nil where it is possible.
    ///   - expects: the outcomes of which one must come back.
    init(
        _ name: String, _ category: Category, isSlow: Bool = false, logLines: Int = 1,
        certificate: Duration? = nil,
        unless rejects: @escaping @Sendable (AuthTarget) -> String? = { _ in nil },
        expects: @escaping @Sendable (AuthTarget) -> [Outcome],
        _ carryOut: @escaping @Sendable (Attacker) throws -> Outcome
    ) {
        self.name = name
        self.category = category
        self.isSlow = isSlow
        self.logLines = logLines
        certificateLifetime = certificate
        self.rejects = rejects
        self.expects = expects
        self.carryOut = carryOut
    }

    /// Why the attack is impossible in a cell, in one sentence; nil where it is possible.
    public func rejection(to target: AuthTarget) -> String? { rejects(target) }

    func expected(of target: AuthTarget) -> [Outcome] { expects(target) }

    func carryOut(by attacker: Attacker) throws -> Outcome { try carryOut(attacker) }
}
