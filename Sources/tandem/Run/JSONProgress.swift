import ExperimentModel
import ExperimentRunner
import FoundationEssentials
import LoadGeneration
import Measurement

/// One JSON line for each event, for scripts.
struct JSONProgress: RunProgress {
    private struct Line: Encodable {
        var event: String
        var folder: String?
        var seed: UInt64?
        var trials: Int?
        var planned: Int?
        var torn: String?
        var remaining: Int?
        var seconds: Double?
        var load: String?
        var trial: Int?
        var cell: String?
        var phase: String?
        var status: String?
        var reason: String?
        var report: String?
    }

    func announce(_ run: PlannedRun) {
        write(
            Line(
                event: "planned", folder: run.folder.path, seed: run.plan.seed, trials: run.trials.count,
                planned: run.plan.trials.count, torn: run.tornLine, seconds: run.expectedSeconds))
    }

    func observe(_ event: RunEvent) {
        switch event {
        case .began(let trials, let remaining): write(Line(event: "began", trials: trials, remaining: remaining))
        case .calibrating(let load): write(Line(event: "calibrating", load: load))
        case .preparing(let what): write(Line(event: "preparing", phase: what))
        case .trialBegan(let trial, _): write(Line(event: "trial", trial: trial.number, cell: trial.cell.id))
        case .phase(let phase): write(Line(event: "phase", phase: phase.event.rawValue))
        case .trialEnded(let observation):
            write(
                Line(
                    event: "observed", trial: observation.trial, cell: observation.cell.id,
                    status: observation.status.rawValue, reason: observation.reason))
        }
    }

    func conclude(_ run: PlannedRun, _ outcome: RunOutcome, _ observations: [Observation]) {
        write(
            Line(
                event: outcome.wasInterrupted ? "interrupted" : "ended", folder: run.folder.path,
                remaining: outcome.remaining, status: outcome.isSound ? "sound" : "unsound",
                reason: outcome.limit.map { $0 == .decided ? "decided" : "out of time" },
                report: observations.isEmpty ? nil : run.folder.path + "/report.html"))
    }

    private func write(_ line: Line) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(line) else { preconditionFailure("a line of plain values is encodable") }
        StandardStreams.output(String(decoding: data, as: UTF8.self) + "\n")
    }
}
