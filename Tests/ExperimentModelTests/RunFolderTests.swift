import Clocks
import ExperimentModel
import Foundation
import Testing

@Suite struct RunFolderTests {
    /// 2023-11-14T22:13:20Z.
    let clock = ManualClock()

    @Test("A run's folder is named after its experiment and the time") func isNamedAfterExperimentAndTime() throws {
        let root = try TemporaryFolder()
        let results = root.path + "/a/b"
        let one = try RunFolder.create(in: results, experiment: "quick", clock: clock)
        let other = try RunFolder.create(in: results, experiment: "quick", clock: clock)
        #expect(one.name == "quick-20231114T221320Z")
        #expect(other.name == "quick-20231114T221320Z-2")
        #expect(one.observationsPath.hasSuffix("/a/b/quick-20231114T221320Z/observations.jsonl"))
    }

    @Test("The link called latest points to the newest run") func latestPointsToTheNewest() throws {
        let root = try TemporaryFolder()
        for _ in 0..<2 {
            let folder = try RunFolder.create(in: root.path, experiment: "quick", clock: clock)
            try folder.markLatest(of: "quick")
            #expect(try RunFolder(existing: root.path + "/latest") == folder)
        }
        let target = try FileManager.default.destinationOfSymbolicLink(atPath: root.path + "/latest")
        #expect(target == "quick-20231114T221320Z-2")
        #expect(throws: ResultError.self) { try RunFolder(existing: root.path + "/none") }
    }

    @Test("The newest run of an experiment is found after another experiment has run")
    func latestOfEach() throws {
        let root = try TemporaryFolder()
        let quick = try RunFolder.create(in: root.path, experiment: "quick", clock: clock)
        try quick.markLatest(of: "quick")
        let auth = try RunFolder.create(in: root.path, experiment: "auth", clock: clock)
        try auth.markLatest(of: "auth")
        #expect(try RunFolder(existing: root.path + "/latest") == auth)
        #expect(try RunFolder(existing: root.path + "/latest-quick") == quick)
        #expect(try RunFolder(existing: root.path + "/latest-auth") == auth)
    }

    @Test("A run's files come back as they were written, and suffice to plan it again")
    func filesComeBackAsTheyWere() throws {
        let root = try TemporaryFolder()
        let folder = try RunFolder.create(in: root.path, experiment: "small", clock: clock)
        let experiment = try Experiment.decode(ExperimentDecodingTests.minimal, file: "small.yaml")
        let plan = TrialPlan(experiment, seed: 9)
        let manifest = RunManifest(run: folder.name, experiment, plan: plan, startedAt: "2026-11-23T05:07:23Z")
        let environment = EnvironmentRecord.capture(libraries: ["libwebsockets": "4.1.6"], clock: clock)
        try folder.write(manifest)
        try folder.write(environment)
        try folder.write(experiment: ExperimentDecodingTests.minimal)
        #expect(try folder.manifest() == manifest)
        #expect(try folder.environment() == environment)
        // A resumed run is planned from the folder alone.
        let resumed = try Experiment.load(folder.experimentPath)
        #expect(TrialPlan(resumed, seed: try folder.manifest().seed) == plan)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 3)
    }

    @Test("A missing or a damaged manifest is an error") func damagedFilesAreSaid() throws {
        let root = try TemporaryFolder()
        let folder = try RunFolder.create(in: root.path, experiment: "small", clock: clock)
        #expect(throws: ResultError.self) { try folder.manifest() }
        try Data("{".utf8).write(to: URL(fileURLWithPath: folder.manifestPath))
        let error = try #require(throws: ResultError.self) { try folder.manifest() }
        #expect(error.code == .damaged)
        #expect(error.file == folder.manifestPath)
    }
}
