import Foundation
import Testing

/// What a result folder holds comes from outside: whatever it is, a report is rendered or refused with a place.
@Suite struct DamagedFolderTests {
    // In a process of its own: a trap would end all other tests, and say nothing of the seed.
    @Test(
        "A folder damaged in any number, type, member or end is rendered, or refused with file, line and field",
        arguments: DamagedFolder.Kind.allCases)
    func damage(kind: DamagedFolder.Kind) async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            [kind] in
            try await Fixture.withFolder { path in
                let folder = try DamagedFolder(kind, at: path)
                var rendered = 0
                for number in 0..<DamagedFolder.mutations {
                    let seed = number &* 7 &+ UInt64(DamagedFolder.Kind.allCases.firstIndex(of: kind)!)
                    FileHandle.standardError.write(Data("seed \(seed)\n".utf8))
                    do {
                        if try await folder.outcome(seed: seed) == .rendered { rendered += 1 }
                    } catch {
                        Issue.record("\(kind), seed \(seed): \(error)")
                    }
                }
                // Both ends are met, or the damage is none, or too much.
                #expect(
                    (DamagedFolder.mutations / 20..<DamagedFolder.mutations).contains(UInt64(rendered)),
                    "\(rendered) of \(DamagedFolder.mutations) were rendered"
                )
            }
        }
        guard let result, result.exitStatus != .exitCode(0) else { return }
        let seeds = String(decoding: result.standardErrorContent, as: UTF8.self).split(separator: "\n").filter {
            $0.hasPrefix("seed ")
        }
        Issue.record("\(kind) ended at \(seeds.last ?? "no seed")")
    }
}
