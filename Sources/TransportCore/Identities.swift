public import OrderUpdates

/// What a revocation names: `jti` of a token (RFC 7519, section 4.1.7), the serial number of a certificate in hexadecimal.
public typealias CredentialID = Identity<CredentialIDKind>
public enum CredentialIDKind {}

/// The public half of a session's or a ticket's name: it finds the entry, and proves nothing.
public typealias Selector = Identity<SelectorKind>
public enum SelectorKind {}

/// The name of a scope (RFC 6749, section 3.3).
public typealias ScopeName = Identity<ScopeNameKind>
public enum ScopeNameKind {}

/// An order as a request names it: any text, which may be the name of none.
public typealias OrderName = Identity<OrderNameKind>
public enum OrderNameKind {}
