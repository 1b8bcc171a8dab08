public import OrderUpdates

/// The name in a revocation: `jti` of a token (RFC 7519, section 4.1.7), or the serial number of a certificate in
/// hexadecimal.
public typealias CredentialID = Identity<CredentialIDKind>
public enum CredentialIDKind {}

/// The public half of a session's or a ticket's name: it finds the entry, but does not authenticate.
public typealias Selector = Identity<SelectorKind>
public enum SelectorKind {}

/// The name of a scope (RFC 6749, section 3.3).
public typealias ScopeName = Identity<ScopeNameKind>
public enum ScopeNameKind {}

/// The name of an order as a request gives it: any text. There may be no such order.
public typealias OrderName = Identity<OrderNameKind>
public enum OrderNameKind {}
