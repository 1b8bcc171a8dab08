import Testing
import TransportCore

@Suite struct PrincipalTests {
    private struct Nothing: HandshakeRequest {
        func header(_ name: String) -> String? { nil }
        func query(_ name: String) -> String? { nil }
    }

    @Test("A principal owns its own orders")
    func ownsItsOwn() {
        let alice = Principal(subject: "alice", scopes: [.read])
        #expect(alice.owns("alice"))
        #expect(!alice.owns("bob"))
        #expect(!alice.owns("Alice"), "subjects are compared byte for byte (RFC 7519, section 2)")
        #expect(!alice.owns(""))
    }

    @Test("Without authentication everyone owns everything")
    func ownsEverythingWithoutAuthentication() throws {
        let anyone = try NoAuthentication().authenticate(Nothing())
        #expect(anyone.owns("alice") && anyone.owns("bob"))
        #expect(anyone.scopes == Set(Scope.allCases))
        #expect(anyone.expires == nil)
    }

    @Test("A bearer credential travels in the Authorization header only")
    func carriesTokens() {
        #expect(Credential.none.headers.isEmpty)
        let headers = Credential.bearer("abc").headers
        #expect(headers.map(\.name) == ["authorization"])
        #expect(headers.map(\.value) == ["Bearer abc"])
    }

    @Test("Scopes are named as in tokens")
    func namesScopes() {
        #expect(Scope.allCases.map(\.rawValue) == ["orders:read", "orders:publish", "orders:command"])
    }
}
