import Catalog
import ExperimentModel
import Foundation
import Testing

/// Every experiment that ships can be run with what is registered.
@Suite struct ShippedExperimentTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Experiments").path
    static let names =
        (try? FileManager.default.contentsOfDirectory(atPath: folder))?
        .filter { $0.hasSuffix(".yaml") }.sorted() ?? []

    @Test("Each experiment that ships can be read, has trials and uses all its loads", arguments: names)
    func decodes(name: String) throws {
        let experiment = try Experiment.load(Self.folder + "/" + name, vocabulary: Catalog.vocabulary)
        #expect(experiment.name + ".yaml" == name)
        #expect(!TrialPlan(experiment, seed: 1).trials.isEmpty)
        // More subscribers from one load process need a limit of descriptors that few machines have. A study of capacity spreads
        // them over several.
        #expect(experiment.study == .capacity || experiment.loads.allSatisfy { $0.connections <= 15_000 })
        // Every load that is defined is used.
        #expect(Set(experiment.loads.map(\.name)) == Set(experiment.cells.map(\.load.name)))
    }

    @Test("There are experiments to check") func thereAreSome() { #expect(Self.names.contains("reconnection.yaml")) }
}
