import Foundation
import SeededRandomness
import Testing

/// SIGKILL at random moments. What a run did is told by its seed: TANDEM_SEED replays it, as far as the machine lets it.
@Suite struct KillTests {
    private static let seed = ProcessInfo.processInfo.environment["TANDEM_SEED"].flatMap(UInt64.init)

    private func run(
        _ arguments: [String], kills: Int, _ check: (KillRun, [Int]) throws -> Void
    ) async throws {
        let seed = Self.seed ?? .random(in: 1...UInt64.max)
        var generator = SplitMix64(seed: seed)
        let run = KillRun(arguments)
        let lives: [Int]
        do {
            lives = try await run.kill(times: kills, &generator)
            try await run.finish()
        } catch {
            run.ledger.end()
            Issue.record("TANDEM_SEED=\(seed): \(run.ledger.complaints)")
            throw error
        }
        let followers = run.followers.map(\.current)
        print(
            "seed \(seed): \(kills) kills, \(lives.reduce(0, +)) updates acknowledged in \(lives.count { $0 > 0 }) lives, "
                + "resumes \(followers.map(\.resumes)), positions lost \(followers.map(\.losses))")
        #expect(run.ledger.complaints.isEmpty, "TANDEM_SEED=\(seed)")
        // Else nothing was at stake.
        #expect(lives.count { $0 > 0 } > kills / 2, "TANDEM_SEED=\(seed)")
        for follower in followers { #expect(follower.resumes > kills / 4, "TANDEM_SEED=\(seed)") }
        try check(run, lives)
    }

    /// No acknowledged update is lost, no position is, and everything comes in order, over 200 kills.
    @Test("A server that is killed keeps what it acknowledged", .timeLimit(.minutes(3)))
    func commitKeepsWhatItAcknowledged() async throws {
        try await Command.inFolder { folder in
            // A history that laps no follower which a busy machine leaves waiting, and still is not the whole run.
            let keeping = ["--data", folder + "/data", "--durability", "commit", "--history", "1024"]
            try await run(keeping, kills: 200) { run, _ in
                let acknowledged = run.ledger.acknowledged
                #expect(Set(acknowledged.values.map(\.epoch)).count == 1)
                for follower in run.followers {
                    let state = follower.current
                    #expect(state.losses == 0, "\(follower.name)")
                    // A snapshot begins it: what came before is in it.
                    let first = state.seen.keys.min() ?? 0
                    let missing = acknowledged.filter { $0.key >= first && state.seen[$0.key] == nil }
                    #expect(missing.isEmpty, "\(follower.name)")
                    guard follower.isSingle else { continue }
                    #expect(
                        acknowledged.allSatisfy { $0.key < first || state.seen[$0.key] == $0.value }, "\(follower.name)"
                    )
                }
            }
        }
    }

    @Test(
        "A follower is told once for each epoch that its history was lost", .timeLimit(.minutes(3)),
        arguments: ["none", "async"])
    func aLostHistoryIsToldOnce(durability: String) async throws {
        try await Command.inFolder { folder in
            try await run(["--data", folder + "/data", "--durability", durability], kills: 50) { run, _ in
                for follower in run.followers {
                    let state = follower.current
                    #expect(state.losses == state.epochs, "\(follower.name)")
                    #expect(state.losses > 0, "\(follower.name)")
                }
            }
        }
    }
}
