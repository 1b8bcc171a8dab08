import OrderUpdates
import Testing
import TransportCore

@Suite struct PrincipalTests {
    private struct Nothing: HandshakeRequest {
        func header(_ name: String) -> String? { nil }
        func queries(_ name: String) -> [String] { [] }
    }

    @Test("A principal owns its own orders")
    func ownsItsOwn() {
        let alice = Principal(subject: "alice", scopes: [.read])
        #expect(alice.owns("alice"))
        #expect(!alice.owns("bob"))
        #expect(!alice.owns("Alice"), "subjects are compared byte for byte (RFC 7519, section 2)")
        #expect(!alice.owns(""))
        // Canonically equivalent, and so equal as text.
        #expect(!Principal(subject: "\u{212A}ate", scopes: []).owns("Kate"))
        #expect(!Principal(subject: "jose\u{301}", scopes: []).owns("jos\u{E9}"))
    }

    @Test("Without authentication everyone owns everything")
    func ownsEverythingWithoutAuthentication() throws {
        let anyone = try NoAuthentication().authenticate(Nothing())
        #expect(anyone.owns("alice") && anyone.owns("bob"))
        #expect(anyone.scopes == Set(Scope.allCases))
        #expect(anyone.expires == nil)
    }

    @Test("A credential for some orders reaches no others")
    func reachesItsOrders() throws {
        let (a, b) = (try #require(OrderID("a")), try #require(OrderID("b")))
        var alice = Principal(subject: "alice", scopes: [.read])
        #expect(alice.reaches(a, of: "alice") && !alice.reaches(a, of: "bob"))
        alice.orders = [a]
        #expect(alice.reaches(a, of: "alice") && !alice.reaches(b, of: "alice") && !alice.reaches(a, of: "bob"))
    }

    @Test("A renewal is of the same subject, and widens nothing but the time and the scopes")
    func renewsItself() throws {
        var alice = Principal(subject: "alice", scopes: [.read], expires: 10)
        alice.orders = [try #require(OrderID("a"))]
        let later = Principal(subject: "alice", scopes: [.read, .command], expires: 20)
        let renewed = try #require(alice.renewed(by: later))
        #expect(renewed.expires == 20 && renewed.scopes == [.read, .command] && renewed.orders == alice.orders)
        #expect(alice.renewed(by: Principal(subject: "bob", scopes: [.read])) == nil)
        let kate = Principal(subject: "Kate", scopes: [.read])
        #expect(kate.renewed(by: Principal(subject: "\u{212A}ate", scopes: [.read])) == nil)
    }

    @Test("A bearer credential travels in the Authorization header only")
    func carriesTokens() {
        #expect(Credential.none.headers().isEmpty)
        let headers = Credential.bearer("abc").headers()
        #expect(headers.map(\.name) == ["authorization"])
        #expect(headers.map(\.value) == ["Bearer abc"])
    }

    @Test("Scopes are named as in tokens")
    func namesScopes() {
        #expect(
            Scope.allCases.map(\.rawValue) == ["orders:read", "orders:publish", "orders:command", "credentials:revoke"])
    }
}
