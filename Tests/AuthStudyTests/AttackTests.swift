import AuthStudy
import ExperimentModel
import Testing

/// The list over real sockets, against every cell in which a scheme can exist.
@Suite struct AttackTests {
    private static let turnstile = Turnstile(10)

    @Test("No attack gets through, and no good request is refused", arguments: AttackCell.all)
    func repelsAttacks(_ cell: AttackCell) async throws {
        try await Self.turnstile.pass {
            let studied = try await StudiedServer(cell)
            let results = try await studied.run.run()
            for result in results where !result.isRepelled {
                Issue.record("\(result.category): \(result.name): \(result.observed), not \(result.expected)")
            }
            #expect(Set(results.map(\.name)).count == results.count, "two results have one name")
            try await studied.quiesce()
            await studied.stop()
        }
    }
}
