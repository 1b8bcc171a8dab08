/// A JSON Web Key (RFC 7517) as its members, all of which are text.
struct JSONWebKeyText: Sendable {
    var members: [(name: String, value: String)]

    subscript(name: String) -> String? { members.first { $0.name == name }?.value }

    var json: String {
        "{" + members.map { "\"\($0.name)\":\"\($0.value)\"" }.joined(separator: ",") + "}"
    }

    /// The members that a server needs: those of the public half, or all of a shared secret.
    var verification: JSONWebKeyText {
        JSONWebKeyText(members: members.filter { !["d", "p", "q", "dp", "dq", "qi"].contains($0.name) })
    }

    static func set(_ keys: [JSONWebKeyText]) -> String {
        "{\"keys\":[\(keys.map(\.json).joined(separator: ","))]}"
    }
}
