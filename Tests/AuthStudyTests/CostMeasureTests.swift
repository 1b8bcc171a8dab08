import AuthStudy
import Authentication
import ExperimentModel
import Foundation
import Testing
import TransportCore

/// CPU: the figures are the machine's, so the tests hold only what is compared with what.
@Suite struct CostMeasureTests {
    private func inFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "cost-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await body(folder)
    }

    @Test func everyAlgorithmIsVerifiedAndCompared() async throws {
        let costs = try await inFolder { folder in
            let keys = try await StudyKeys.create(in: folder, further: try await AlgorithmKeys.make())
            return try await VerificationMeasure(keys).measure()
        }
        let own = costs.filter { $0.work == "verification" }
        #expect(own.compactMap(\.algorithm) == AlgorithmKeys.names)
        for cost in costs { #expect(cost.microseconds > 0 && (cost.ratio ?? 0) > 0, "\(cost)") }
        // The whole takes more than its part.
        for cost in costs where cost.work != "verification" { #expect((cost.ratio ?? 0) > 1, "\(cost)") }
    }

    @Test func aKeyThatIsMissingIsAnError() async throws {
        try await inFolder { folder in
            let keys = try await StudyKeys.create(in: folder)
            await #expect(throws: CredentialError.self) { try await VerificationMeasure(keys).measure() }
        }
    }

    @Test func handshakesAreComparedWithThoseOfNobody() async throws {
        let pid = ProcessInfo.processInfo.processIdentifier
        let costs = try await MeasureStage.with("bearer") { stage in
            try await MeasureStage.with("none") { other in
                let measure = HandshakeMeasure(.init(stage.bench, pid: pid), against: .init(other.bench, pid: pid))
                await #expect(throws: StudyError.self) {
                    // A rate that no machine keeps is not taken for one that was kept.
                    try await measure.openLoop(perSecond: 1_000_000, count: 40)
                }
                return try await measure.blocks(keys: [StudyKeys.main], perBlock: 8, rounds: 1)
            }
        }
        #expect(costs.map(\.work) == ["handshake without a credential", "handshake"])
        for cost in costs { #expect(cost.microseconds > 0) }
        #expect(costs[1].ratio != nil)
    }

    @Test func aHandshakeThatIsRefusedIsAnError() async throws {
        let pid = ProcessInfo.processInfo.processIdentifier
        try await MeasureStage.with("bearer") { stage in
            try await MeasureStage.with("none") { other in
                // Its key is not one of the server's any more.
                try stage.bench.keys.withdraw(StudyKeys.main)
                try await stage.untilRefused()
                let measure = HandshakeMeasure(.init(stage.bench, pid: pid), against: .init(other.bench, pid: pid))
                await #expect(throws: StudyError.self) {
                    try await measure.blocks(keys: [StudyKeys.main], perBlock: 2, rounds: 1)
                }
            }
        }
    }

    // MARK: Keys

    @Test func aTokenSaysWhatItWasAskedTo() async throws {
        try await inFolder { folder in
            let keys = try await StudyKeys.create(in: folder)
            let token = try keys.token("bob", scopes: [.read], expires: 4_000_000_000, key: StudyKeys.second)
            func principal() async throws -> Principal {
                try TokenVerifier(
                    keys: try await KeySet(from: .file(keys.servedPath)),
                    policy: TokenPolicy(issuer: "tandem", audience: "tandem", clockSkew: .zero)
                ).verify(token.text)
            }
            let found = try await principal()
            #expect(found.subject == "bob" && found.expires == 4_000_000_000 && found.credential?.id == token.id)
            try keys.withdraw(StudyKeys.second)
            await #expect(throws: AuthenticationFailure.self) { try await principal() }
            try keys.restore()
            #expect(try await principal().subject == "bob")
        }
    }
}

extension MeasureStage {
    /// Waits until the server has seen that a key is gone.
    func untilRefused() async throws {
        for _ in 0..<2_000 {
            let token = try bench.keys.token().text
            if try await bench.answer(to: "/orders/order-1", .bearer(token)) == 401 { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("the server still takes a key that is gone")
    }
}
