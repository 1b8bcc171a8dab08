import ArgumentParser
import Catalog
import Clocks
import ExperimentModel
import ExperimentRunner
import FoundationEssentials
import Glibc
import LWS
import Measurement
import Reporting
import Threads

/// `tandem run`: carries out an experiment and reports on it.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run an experiment trial by trial, with server and load generator in processes of their own.",
        discussion: """
            Each trial is recorded when it ends. An interrupted run continues with --resume, and loses one trial at most.

            Examples:
              tandem run Experiments/quick.yaml
              tandem run Experiments/latency.yaml --pin --filter h1.plain
              tandem run Experiments/bench.yaml --filter fan-out-16
              tandem run --resume Experiments/Results/latest

            Exit status: 0 the figures are sound, whether goals are met or missed; 1 a trial failed, or all trials of a cell are invalid; \
            2 a wrong file; 3 this machine lacks something; 130 interrupted.
            """)

    @Argument(
        help: ArgumentHelp("The experiment.", valueName: "file.yaml"), completion: .file(extensions: ["yaml", "yml"]))
    var experiment: String?
    @Option(
        help: ArgumentHelp("Resume the run in this result folder.", valueName: "folder"), completion: .directory)
    var resume: String?
    @Option(
        help: ArgumentHelp("The folder for new result folders.", valueName: "folder"), completion: .directory)
    var out: String?
    @Option(
        help: ArgumentHelp(
            "Only cells whose id contains this text; repeat for more. --resume runs the rest.", valueName: "text"))
    var filter: [String] = []
    @Option(
        help: ArgumentHelp(
            "Decides the order of the trials; by default drawn at random, and recorded.", valueName: "number"))
    var seed: UInt64?
    @Flag(
        help:
            "Give the server as many processors as it has loops, and the load generator the others; a resumed run keeps its setting."
    )
    var pin = false
    @Option(help: ArgumentHelp("Folder with the floor's programs.", valueName: "folder"), completion: .directory)
    var floor = FloorFolder.standard
    @Flag(help: "Print one JSON line for each event.") var json = false

    func validate() throws {
        guard (experiment == nil) != (resume == nil) else {
            throw ValidationError("name an experiment, or a result folder with --resume: one of the two")
        }
        guard seed == nil || resume == nil else {
            throw ValidationError("--resume goes on with the seed of the run: leave --seed out")
        }
        guard out == nil || resume == nil else {
            throw ValidationError("--resume goes on in the folder of the run: leave --out out")
        }
        guard seed ?? 0 < 1 << 53 else { throw ValidationError("--seed takes a number below 2^53") }
    }

    func run() async throws {
        guard !pin || AllowedProcessors.current.count >= 2 else {
            throw CommandFailure(.environment, "--pin needs two processors, and there is one here: leave it out")
        }
        if let experiment, !FileManager.default.fileExists(atPath: experiment) {
            let listed = ((try? FileManager.default.contentsOfDirectory(atPath: "Experiments")) ?? []).map {
                "Experiments/\($0)"
            }
            let near =
                listed.first { $0 == "Experiments/\(experiment).yaml" }
                // Only the name is compared, because folder and extension are always similar.
                ?? NearestName.of(experiment.fileName, among: listed.map(\.fileName)).map { "Experiments/\($0).yaml" }
            throw CommandFailure(
                .usage,
                "there is no file \(experiment): \(near.map { "did you mean \($0)? " } ?? "")`tandem list experiments` "
                    + "shows what there is")
        }
        let request = PlannedRun.Request(
            experiment: experiment, resume: resume, out: out ?? "Experiments/Results", filter: filter, seed: seed,
            pins: pin,
            libraries: Dictionary(uniqueKeysWithValues: EventLibrary.versions.map { ($0.library, $0.version) }))
        let run = try PlannedRun(request)
        if let noise = await NoiseChecks.warning { Tandem.complain("warning: figures may be noisy: \(noise)") }
        let progress = self.progress
        progress.announce(run)
        let floor = floor
        let outcome = try await withEnd {
            await progress.stop()
        } _: {
            try await Interruptible.run { try await run.carryOut(floorFolder: floor, observer: progress) }
        }
        try await conclude(run, outcome, progress)
    }

    private var progress: any RunProgress {
        if json { return JSONProgress() }
        return StatusLine.isPossible ? TerminalProgress() : LineProgress()
    }

    private func conclude(_ run: PlannedRun, _ outcome: RunOutcome, _ progress: any RunProgress) async throws {
        let log = try ObservationLog.read(run.folder.observationsPath)
        if !log.observations.isEmpty {
            try await Report.ofTheCatalog.write(ResultFolder(path: run.folder.path))
        }
        progress.conclude(run, outcome, log.observations)
        if outcome.wasInterrupted { throw ExitStatus.interrupted }
        if !outcome.isSound { throw ExitStatus.unsound }
    }
}

extension String {
    /// The file name of a path, without its extension.
    fileprivate var fileName: String {
        let name = split(separator: "/").last ?? self[...]
        return String(name.hasSuffix(".yaml") ? name.dropLast(5) : name)
    }
}
