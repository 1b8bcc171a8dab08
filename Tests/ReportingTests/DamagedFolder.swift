import ExperimentModel
import Foundation
import Reporting

/// The files of a made-up run of each study, which a test damages and reads as `tandem report` and `tandem run --resume` do.
struct DamagedFolder {
    enum Kind: String, CaseIterable, Codable {
        case delivery, auth, reconnection, storm, drain, proxies, capacity
    }

    /// Of each kind, of which there are seven. `make fuzz-folders` takes 1,700.
    static let mutations =
        ProcessInfo.processInfo.environment["TANDEM_MUTATIONS"].flatMap(UInt64.init) ?? 200

    /// By name, as they are when whole.
    private let files: [(name: String, bytes: [UInt8])]
    private let path: String
    /// The page's template takes as long as all else: some of the reports have it.
    private static let page = HTMLRenderer(plotter: Gnuplot(program: "no-such-program"))
    private static let forms: [any Renderer] = [
        MarkdownRenderer(), DecisionRenderer(), CellsCSVRenderer(), PercentilesCSVRenderer(), ComparisonsCSVRenderer(),
        SamplesCSVRenderer(), AuthCSVRenderer(), AuthJSONRenderer(), SessionsCSVRenderer(), SessionsJSONRenderer(),
        FiguresCSVRenderer(), FiguresJSONRenderer(),
    ]

    init(_ kind: Kind, at path: String) throws {
        var folder = try Self.folder(kind)
        // A few of each kind are enough: the time of a report is that of its cells.
        let step = max(1, folder.observations.count / 6)
        folder.observations = folder.observations.enumerated().filter { $0.offset % step == 0 }.map(\.element)
        let encoder = JSONEncoder()
        var files = [("observations.jsonl", try Fixture.lines(folder.observations))]
        if let manifest = folder.manifest { files.append(("run.json", Array(try encoder.encode(manifest)))) }
        if let record = folder.environment { files.append(("environment.json", Array(try encoder.encode(record)))) }
        if let record = folder.authFiles.code { files.append(("code.json", Array(try encoder.encode(record)))) }
        if let record = folder.authFiles.legibility {
            files.append(("legibility.json", Array(try encoder.encode(record))))
        }
        self.files = files
        self.path = path
        for (name, bytes) in files { try Fixture.write(bytes, to: "\(path)/\(name)") }
    }

    private static func folder(_ kind: Kind) throws -> ResultFolder {
        switch kind {
        case .delivery:
            var run = SampleRun(blocks: 2, loads: [SampleRun.fanOut], tls: [false], samples: 40, step: 100)
            run.pollIntervals = [5]
            var lines = run.observations()
            for index in lines.indices where lines[index].cell.transport == "sse" {
                lines[index].samples = (1...4).map {
                    WindowSample(
                        seconds: Double(60 * $0), latencyP50: 300_000, latencyP99: 900_000, updates: 600,
                        serverRssBytes: 9_000_000 + Int64($0), serverDescriptors: 1_010)
                }
                lines[index].slowReaders = SlowReaderSummary(count: 2, cut: 1, positionsLost: 1)
            }
            return ResultFolder(
                path: "", observations: lines,
                manifest: RunManifest(
                    run: lines[0].run, experiment: "quick", title: "Quick", seed: lines[0].seed,
                    startedAt: lines[0].startedAt, trials: lines.count, estimatedSeconds: 9, equivalenceMargin: 0.1,
                    primary: PrimaryPlan(
                        pairs: [.init(cell: "websocket.h1.plain.fan-out", against: "sse.h1.plain.fan-out")],
                        metrics: [
                            .init("latency-p50", margin: 0.2, milliseconds: 10), .init("bytes-per-update", margin: 0.2),
                        ], looks: [1, 2, 4])),
                environment: SampleRun.environment)
        case .auth: return SampleAuthRun.folder(files: SampleAuthRun.files)
        case .reconnection: return SampleSessionsRun(study: .reconnection, blocks: 1).folder()
        case .storm: return SampleSessionsRun(study: .storm).folder()
        case .drain: return SampleSessionsRun(study: .drain).folder()
        case .proxies: return SampleSessionsRun(study: .proxies).folder()
        case .capacity: return SampleCapacityRun.folder(SampleCapacityRun.observations)
        }
    }

    enum Outcome: String {
        /// Exit status 0 or 1: rendered.
        case rendered
        /// 2: refused with a place.
        case refused
    }

    /// Damages one file in one to three places, renders the folder in every form, and mends it.
    ///
    /// - Throws: what a command would end with at another status than 0, 1 or 2, or without a place.
    func outcome(seed: UInt64) async throws -> Outcome {
        var mutator = ResultMutator(seed: seed)
        // The lines are most of a folder.
        let chosen = mutator.next(below: 2) == 0 ? 0 : mutator.next(below: files.count)
        let (name, whole) = files[chosen]
        var bytes = whole
        for _ in 0...mutator.next(below: 3) {
            if name.hasSuffix(".jsonl") {
                var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
                    Array($0)
                }
                let line = mutator.next(below: lines.count)
                if !lines[line].isEmpty { lines[line] = mutator.damage(lines[line]) }
                bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
            } else {
                bytes = mutator.damage(bytes)
            }
            if bytes.isEmpty { break }
        }
        try Fixture.write(bytes, to: "\(path)/\(name)")
        defer { try? Fixture.write(whole, to: "\(path)/\(name)") }
        do {
            // As `--resume` does, which reads the same files and asks other things of them.
            let run = try RunFolder(existing: path)
            if let log = try? ObservationLog.read(run.observationsPath) {
                _ = try? Self.plan.remaining(after: log.observations)
            }
            if let manifest = try? run.manifest() { _ = manifest.seconds(through: []) }
            if let record = try? run.environment() { _ = record.differences(from: SampleRun.environment) }
            let isWhole = mutator.next(below: 4) == 0
            let report = Report(
                renderers: Self.forms + (isWhole ? [Self.page] : []), options: ReportOptions(resamples: 100))
            let analysis = try report.analyze(try ResultFolder(path: path))
            _ = try await report.render(analysis)
            _ = SummaryTable.text(analysis, width: 100)
            return .rendered
        } catch let error as ResultError {
            guard error.file?.hasSuffix(name) == true, !name.hasSuffix(".jsonl") || error.line != nil else {
                throw Unplaced(description: "no place: \(error)")
            }
            return .refused
        } catch let error as ReportError {
            guard error.message.contains(name) else { throw Unplaced(description: "no place: \(error)") }
            return .refused
        }
    }

    struct Unplaced: Error, CustomStringConvertible {
        var description: String
    }

    private static let plan = TrialPlan(
        Experiment(
            name: "quick", title: "Quick",
            factors: Factors(transport: [.init("sse"), .init("websocket")], [.load: ["fan-out"]]),
            loads: [SampleRun.fanOut]),
        seed: 20_261_123)
}
