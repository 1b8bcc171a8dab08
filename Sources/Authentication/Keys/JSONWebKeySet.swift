/// A file of keys (RFC 7517, section 5).
struct JSONWebKeySet: Codable {
    var keys: [JSONWebKey]
}
