import Authentication
import Clocks
import OrderUpdates
import Testing
import TransportCore

@Suite struct MutualTLSSchemeTests {
    private let clock = ManualClock()
    private var scheme: MutualTLSScheme {
        MutualTLSScheme(scopes: [.read, .command], origins: OriginPolicy(allowed: []), clock: clock)
    }

    private func request(_ names: [Subject]) -> Handshake {
        var request = Handshake()
        request.isTLS = true
        request.clientCertificate = ClientCertificate(
            commonNames: names, serialNumber: "0a1b", notBefore: TokenBench.now - 60, notAfter: TokenBench.now + 60)
        return request
    }

    @Test("A certificate gives the principal its subject, its end and its identity") func namesTheSubject() throws {
        let principal = try scheme.authenticate(request(["alice"]))
        #expect(principal.subject == "alice" && principal.scopes == [.read, .command])
        #expect(principal.expires == TokenBench.now + 60, "its streams end with the certificate")
        // By which it is revoked.
        #expect(principal.credential == CredentialIdentity(id: "0a1b", issuedAt: TokenBench.now - 60))
        #expect(scheme.isPresented(by: request(["alice"])) && scheme.isAmbient)
    }

    @Test("A request without a client certificate is refused") func needsACertificate() {
        #expect(!scheme.isPresented(by: Handshake()))
        #expect(scheme.refusal(of: Handshake())?.kind == .missing)
    }

    @Test(
        "A certificate without exactly one valid common name is refused",
        arguments: [
            // None, or several, of which another reader might take another.
            [], ["alice", "bob"], ["alice", "alice"],
            // No owner's name: empty, too long, or one that would not stay on its line of the log.
            [""], [Subject(String(repeating: "a", count: 257))], ["alice\n"], ["alice\0"], ["al\u{7F}ice"],
            ["alice\r\nbob"],
            ["\u{85}"],
        ] as [[Subject]])
    func needsOneName(names: [Subject]) {
        let failure = scheme.refusal(of: request(names))
        #expect(failure?.kind == .wrongClaims)
        #expect(failure?.cause.contains("alice") == false)
    }

    @Test(
        "A common name may have letters of any script, spaces, and up to 256 bytes",
        arguments: ["alice", "Ålice", "alice@example.com", "a b", Subject(String(repeating: "a", count: 256))]
            as [Subject])
    func takesNames(name: Subject) throws {
        #expect(try scheme.authenticate(request([name])).subject == name)
    }

    /// TLS looked when it shook hands; a connection may carry requests for longer.
    @Test("A certificate that expires after the handshake is refused from then on") func expiresAfterTheHandshake() {
        clock.advance(by: .seconds(60) - .nanoseconds(1))
        #expect(scheme.refusal(of: request(["alice"])) == nil)
        clock.advance(by: .nanoseconds(1))
        #expect(scheme.refusal(of: request(["alice"]))?.kind == .expired)
    }
}
