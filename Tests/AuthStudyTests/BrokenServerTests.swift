import AuthStudy
import Authentication
import Catalog
import ExperimentModel
import Foundation
import OrderUpdates
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

    @Test(
        "A server that compares names as text is caught by every namesake that is equal so",
        arguments: [(Folding.canonical, 8), (.everything, 12)])
    func catchesTextComparison(folding: Folding, pairs: Int) async throws {
        // All else is as it should be, the ends of credentials too, which come some seconds after their beginning.
        let results = try await Self.run(patience: .seconds(20)) { FoldingScheme(gate: $0, folding: folding) }
        let attacks = results.filter { $0.category == "canonical equivalence" }
        #expect(attacks.count == 3 * 12)
        // By each pair that the folding makes one. An order made for a namesake names it as it is, which may be folded or not.
        for kind in ["the order of a namesake", "a command on the order of a namesake"] {
            #expect(attacks.count { $0.name.hasPrefix(kind) && !$0.isRepelled } == pairs)
        }
        #expect(attacks.contains { $0.name.hasPrefix("an order created") && !$0.isRepelled })
        for result in results where result.category != "canonical equivalence" {
            #expect(result.isRepelled, "\(result.name): \(result.observed)")
        }
    }

    /// On SSE with a bearer header, waiting for no more than a second for what will not come.
    private static func run(
        patience: Duration = .seconds(1), _ replace: (AuthGate) -> any AuthScheme
    ) async throws -> [AuthSummary.Attack] {
        let cell = try #require(AttackCell.legal.first { $0.scheme.profile.name == "bearer" && $0.transport == .sse })
        var conditions = AttackConditions()
        conditions.patience = patience
        let studied = try await StudiedServer(cell, conditions, replace: replace)
        let results = try await studied.run.run()
        try await studied.quiesce()
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

/// What a server may take for one name.
enum Folding: Sendable {
    /// What Swift's `String` takes for equal.
    case canonical
    /// And what looks alike, or differs in case.
    case everything

    func fold(_ subject: Subject) -> Subject {
        let text = subject.description
        switch self {
        case .canonical: return Subject(text.precomposedStringWithCanonicalMapping)
        case .everything:
            let visible = text.precomposedStringWithCompatibilityMapping.unicodeScalars.filter {
                $0.properties.generalCategory != .format
            }
            return Subject(String(String.UnicodeScalarView(visible)).lowercased())
        }
    }
}

/// Verifies tokens as it should, and then takes some subjects for others.
private struct FoldingScheme: AuthScheme {
    let gate: AuthGate
    let folding: Folding

    var name: String { gate.name }
    var challenge: String? { gate.challenge }
    var endpoints: [CredentialEndpoint] { gate.endpoints }

    func authenticate(_ request: some HandshakeRequest) throws(AuthenticationFailure) -> Principal {
        var principal = try gate.authenticate(request)
        principal.subject = folding.fold(principal.subject)
        return principal
    }

    func status(of principal: Principal) -> CredentialStatus { gate.status(of: principal) }
    func watchStatuses(_ notify: @escaping @Sendable () -> Void) { gate.watchStatuses(notify) }
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
