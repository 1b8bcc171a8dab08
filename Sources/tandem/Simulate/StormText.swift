import Simulation

/// A simulated storm for people: a table, and some rows of the curve.
struct StormText {
    private static let rows = 20

    let storm: SimulatedStorm

    init(_ storm: SimulatedStorm) { self.storm = storm }

    var text: String {
        let parameters = storm.parameters
        let limit = parameters.rateLimit.map { ", 503 above \(Int($0)) a second" } ?? ""
        var lines = [
            "\(parameters.sessions) sessions cut at once, \(parameters.policy); \(Int(parameters.acceptRate)) served a second"
                + "\(limit), a queue of \(parameters.queue)",
            "",
            row(["back", "50 %", "90 %", "99 %", "100 %", "at best"]),
            row(
                [""]
                    + [
                        storm.secondsUntil50, storm.secondsUntil90, storm.secondsUntil99, storm.secondsUntilAll,
                        storm.floorSeconds,
                    ].map(Self.seconds)),
            "",
            "attempts   \(storm.attempts), at most \(storm.peakConnectsPerSecond) in a second",
            "failed     \(storm.refusedAttempts), of which \(storm.timedOutAttempts) took too long; "
                + "\(storm.unansweredConnects) SYNs were not answered",
        ]
        if storm.wastedAccepts > 0 {
            lines.append("wasted     \(storm.wastedAccepts) connections served for clients that had given up")
        }
        if storm.back < parameters.sessions {
            lines.append(
                "not back   \(parameters.sessions - storm.back), of which \(storm.stopped) have stopped for good")
        }
        lines += ["", row(["second", "attempts/s", "served/s", "failed/s", "back"])]
        return (lines + curve).joined(separator: "\n") + "\n"
    }

    private var curve: [String] {
        let curve = storm.curve
        let perSecond = SimulatedStorm.Curve.binsPerSecond
        // Whole seconds. Otherwise a row might show only one moment, at which all clients reconnect.
        let seconds = max(1, (curve.attempts.count / perSecond + Self.rows) / Self.rows)
        var back = 0
        return stride(from: 0, to: curve.attempts.count, by: seconds * perSecond).map { start in
            let bins = start..<min(start + seconds * perSecond, curve.attempts.count)
            func rate(_ counts: [Int]) -> String { String(counts[bins].reduce(0, +) / seconds) }
            back += curve.back[bins].reduce(0, +)
            let share = Double(back * 1_000 / storm.parameters.sessions) / 10
            return row([
                String(start / perSecond), rate(curve.attempts), rate(curve.accepted), rate(curve.refused),
                "\(share) %",
            ])
        }
    }

    private func row(_ cells: [String]) -> String {
        cells.map { String(repeating: " ", count: max(0, 11 - $0.count)) + $0 }.joined()
    }

    private static func seconds(_ value: Double?) -> String {
        value.map { "\(($0 * 10).rounded() / 10) s" } ?? "never"
    }
}
