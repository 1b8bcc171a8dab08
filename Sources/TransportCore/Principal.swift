public import OrderUpdates

/// The subject that a verified credential speaks for, and what it may do.
public struct Principal: Hashable, Sendable {
    public var subject: Subject
    public var scopes: Set<Scope>
    /// Seconds since 1970 at which the credential ends; nil where it does not.
    public var expires: Int64?
    /// Whether ownership is not checked: only with the scheme `none`, for floor measurements.
    public var ownsEverything: Bool
    /// The credential that the principal was admitted with; nil with the scheme `none`.
    public var credential: CredentialIdentity?
    /// The only orders that the credential is valid for; nil for all orders of the subject.
    public var orders: Set<OrderID>?

    public init(
        subject: Subject, scopes: Set<Scope>, expires: Int64? = nil, ownsEverything: Bool = false,
        credential: CredentialIdentity? = nil
    ) {
        self.subject = subject
        self.scopes = scopes
        self.expires = expires
        self.ownsEverything = ownsEverything
        self.credential = credential
    }

    public func owns(_ owner: Subject) -> Bool { ownsEverything || owner == subject }

    /// Whether the credential is valid for an order of this owner.
    public func reaches(_ order: OrderID, of owner: Subject) -> Bool { owns(owner) && orders?.contains(order) != false }

    /// This principal with the rights of a later credential; nil where that credential belongs to another subject.
    public func renewed(by other: Principal) -> Principal? {
        guard other.subject == subject else { return nil }
        var renewed = other
        renewed.orders = orders
        return renewed
    }
}

/// Identifies a credential, so that its revocation ends the streams that it opened. It is no secret: it cannot be
/// used to authenticate.
public struct CredentialIdentity: Hashable, Sendable {
    /// `jti` of a token (RFC 7519, section 4.1.7), the serial number of a certificate; nil where the issuer gave none.
    public var id: CredentialID?
    /// Seconds since 1970, from `iat` (section 4.1.6); nil where the issuer does not say.
    public var issuedAt: Int64?
    /// The fingerprint, in this process, of the key that signed it; nil where nothing was signed.
    public var key: Int?
    /// The public half of the session that it was exchanged for; nil where there is none.
    public var session: Selector?

    public init(
        id: CredentialID? = nil, issuedAt: Int64? = nil, key: Int? = nil, session: Selector? = nil
    ) {
        self.id = id
        self.issuedAt = issuedAt
        self.key = key
        self.session = session
    }
}

/// What a credential allows.
public enum Scope: ScopeName, Hashable, Sendable, CaseIterable {
    case read = "orders:read"
    case publish = "orders:publish"
    case command = "orders:command"
    /// Allows revoking the credentials of others.
    case revoke = "credentials:revoke"
}

/// Whether a credential is still valid.
public enum CredentialStatus: Hashable, Sendable {
    case good
    case expired
    /// Revoked, logged out, or signed with a key that is no longer taken.
    case withdrawn

    /// Why its streams end; nil where they do not.
    public var closeReason: CloseReason? {
        switch self {
        case .good: nil
        case .expired: .credentialExpired
        case .withdrawn: .credentialRevoked
        }
    }
}
