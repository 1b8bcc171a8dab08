import AuthStudy
import Authentication
import Catalog
import ExperimentModel
import Testing
import TransportCore

/// The list against servers that are broken on purpose: it must say so, or its praise of others is worth nothing.
@Suite struct BrokenServerTests {
    @Test("A server that lets everybody in is caught by every attack on its credential")
    func catchesOpenServer() async throws {
        let results = try await Self.run { _ in OpenScheme() }
        let attacks = results.filter { ["token", "key", "claims", "duplication"].contains($0.category) }
        #expect(attacks.count > 70)
        for attack in attacks {
            #expect(!attack.isRepelled, "\(attack.name): \(attack.observed)")
        }
    }

    @Test("A server that lets nobody in is caught by every good request")
    func catchesClosedServer() async throws {
        let results = try await Self.run { _ in ClosedScheme() }
        let controls = results.filter { $0.category == "control" && $0.expected == "the order" }
        #expect(controls.count > 10)
        for control in controls {
            #expect(!control.isRepelled, "\(control.name): \(control.observed)")
        }
    }

    @Test("A server that never looks at a credential again is caught by every stream that is kept open")
    func catchesForgetfulServer() async throws {
        let results = try await Self.run { ForgetfulScheme(gate: $0) }
        let kept = results.filter { $0.name.hasPrefix("kept open") }
        #expect(kept.count == 4)
        for attack in kept {
            #expect(!attack.isRepelled, "\(attack.name): \(attack.observed)")
        }
        for control in results where control.category == "control" && control.expected == "the order" {
            #expect(control.isRepelled, "\(control.name): \(control.observed)")
        }
    }

    /// On SSE with a bearer header, waiting for no more than a second for what will not come.
    private static func run(_ replace: (AuthGate) -> any AuthScheme) async throws -> [AuthSummary.Attack] {
        let cell = try #require(AttackCell.legal.first { $0.scheme.profile.name == "bearer" && $0.transport == .sse })
        var conditions = AttackConditions()
        conditions.patience = .seconds(1)
        let studied = try await StudiedServer(cell, conditions, replace: replace)
        let results = try await studied.run.run()
        try await studied.settle()
        await studied.stop()
        return results
    }
}

/// Believes whatever it is told.
private struct OpenScheme: AuthScheme {
    var name: String { "open" }
    var challenge: String? { nil }

    func authenticate(_ request: some HandshakeRequest) throws(AuthenticationFailure) -> Principal {
        Principal(subject: CredentialKit.owner, scopes: Set(Scope.allCases), ownsEverything: true)
    }
}

private struct ClosedScheme: AuthScheme {
    var name: String { "closed" }
    var challenge: String? { nil }

    func authenticate(_ request: some HandshakeRequest) throws(AuthenticationFailure) -> Principal {
        throw AuthenticationFailure(.missing, "nobody is let in")
    }
}

/// Judges credentials when they are presented, and never again.
private struct ForgetfulScheme: AuthScheme {
    let gate: AuthGate

    var name: String { gate.name }
    var challenge: String? { gate.challenge }
    var endpoints: [CredentialEndpoint] { gate.endpoints }

    func authenticate(_ request: some HandshakeRequest) throws(AuthenticationFailure) -> Principal {
        try gate.authenticate(request)
    }
}
