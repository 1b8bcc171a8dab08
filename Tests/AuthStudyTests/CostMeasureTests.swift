import AuthStudy
import Authentication
import ExperimentModel
import Foundation
import LWS
import OrderUpdates
import Testing
import TransportCore

/// CPU: the figures are the machine's, so the tests hold only what is compared with what.
@Suite struct CostMeasureTests {
    @Test("The cost of verification is measured and compared for each algorithm")
    func everyAlgorithmIsVerifiedAndCompared() async throws {
        let costs = try VerificationMeasure(try await StudyFolder.shared.makeKit()).measure()
        #expect(costs.compactMap(\.algorithm) == ["ES256", "EdDSA", "RS256", "HS256"])
        for cost in costs { #expect(cost.microseconds > 0 && cost.ratio != nil, "\(cost)") }
    }

    @Test("A cost of verification without one of the keys is an error") func aKeyThatIsMissingIsAnError() async throws {
        let kit = try await StudyFolder.shared.makeKit()
        try kit.remove(.eddsa)
        // The server's keys lack one that tokens are signed with.
        #expect(throws: (any Error).self) { try VerificationMeasure(kit).measure() }
    }

    @Test("Handshakes with a credential are compared with those without one")
    func handshakesAreComparedWithThoseOfNobody() async throws {
        let pid = ProcessInfo.processInfo.processIdentifier
        let costs = try await MeasureStage.with("bearer") { stage in
            try await MeasureStage.with("none") { other in
                let measure = HandshakeMeasure(.init(stage.bench, pid: pid), against: .init(other.bench, pid: pid))
                await #expect(throws: StudyError.self) {
                    // A rate that no machine keeps is not taken for one that was kept.
                    try await measure.openLoop(perSecond: 1_000_000, count: 40)
                }
                return try await measure.blocks(keys: [.es256], perBlock: 8, rounds: 1)
            }
        }
        #expect(costs.map(\.work) == ["handshake without a credential", "handshake", "handshake, token seen before"])
        for cost in costs { #expect(cost.microseconds > 0) }
        #expect(costs[1].ratio != nil)
    }

    @Test("A handshake that is refused is an error, and no figure")
    func aHandshakeThatIsRefusedIsAnError() async throws {
        let pid = ProcessInfo.processInfo.processIdentifier
        try await MeasureStage.with("bearer") { stage in
            try await MeasureStage.with("none") { other in
                // Its key is not one of the server's any more.
                try stage.bench.kit.remove(.es256)
                try await stage.untilRefused()
                let measure = HandshakeMeasure(.init(stage.bench, pid: pid), against: .init(other.bench, pid: pid))
                await #expect(throws: StudyError.self) {
                    try await measure.blocks(keys: [.es256], perBlock: 2, rounds: 1)
                }
            }
        }
    }

    // MARK: Keys

    @Test("A token has the claims that were asked for, and fails once its key is removed")
    func aTokenSaysWhatItWasAskedTo() async throws {
        let kit = try await StudyFolder.shared.makeKit()
        let token = try kit.namedToken("bob", scopes: [.read, .publish], expires: 4_000_000_000, key: .doomed)
        func principal() async throws -> Principal {
            try TokenVerifier(keys: try KeySet(from: .file(kit.verificationKeys)), policy: kit.policy)
                .verify(token.text)
        }
        let found = try await principal()
        #expect(found.subject == "bob" && found.scopes == [.read, .publish] && found.credential?.id == token.id)
        // Five seconds of clock skew.
        #expect(token.expires == 4_000_000_000 && found.expires == 4_000_000_005)
        try kit.remove(.doomed)
        await #expect(throws: AuthenticationFailure.self) { try await principal() }
        try kit.restoreKeys()
        #expect(try await principal().subject == "bob")
    }

    @Test("Each certificate has its own serial number, and its key is its owner's alone")
    func aCertificateIsOneOfItsKindAndForItsOwnerAlone() async throws {
        let kit = try await StudyFolder.shared.makeKit()
        let certificates = [
            try await kit.makeCertificate(lifetime: .seconds(5)), try await kit.makeCertificate(lifetime: .seconds(5)),
        ]
        #expect(Set(certificates.map(\.serialNumber)).count == 2)
        for path in certificates.map(\.files.key) + [kit.certificate(.good).key, kit.verificationKeys] {
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(path)")
        }
    }
}

extension MeasureStage {
    /// Waits until the server has seen that a key is gone.
    func untilRefused() async throws {
        for _ in 0..<2_000 {
            let token = try bench.kit.token()
            if try await bench.answer(to: "/orders/order-1", .bearer(token)) == 401 { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("the server still takes a key that is gone")
    }
}
