public import OrderUpdates

/// The issuer of a token: its `iss` (RFC 7519, section 4.1.1).
public typealias Issuer = Identity<IssuerKind>
public enum IssuerKind {}

/// The audience of a token: one of its `aud` (RFC 7519, section 4.1.3).
public typealias Audience = Identity<AudienceKind>
public enum AudienceKind {}

/// The name of a key: `kid` (RFC 7515, section 4.1.4; RFC 7517, section 4.5).
public typealias KeyID = Identity<KeyIDKind>
public enum KeyIDKind {}
