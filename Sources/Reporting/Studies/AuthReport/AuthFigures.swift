internal import ExperimentModel

/// Every figure of a study of auth schemes, one line for each.
enum AuthFigures {
    static func all(_ auth: AuthAnalysis) -> [FigureGroup] {
        auth.vectors.map { vector in
            let bits = (auth.files.legibility?.bits(for: vector) ?? []).map {
                FigureLine(part: "legibility", item: $0.client, figure: "bits", value: $0.bits)
            }
            return FigureGroup(scheme: vector.scheme, vector.path, trials: vector.trials, lines(vector) + bits)
        }
    }

    static func gaps(_ auth: AuthAnalysis) -> [FigureGroup] {
        auth.exclusions.map {
            FigureGroup(scheme: $0.cell.auth, AuthPath($0.cell), trials: nil, [.gap($0.status, $0.reason)])
        }
    }

    private static func lines(_ vector: AuthVector) -> [FigureLine] {
        let summary = vector.summary
        var lines: [FigureLine] = []
        func add(_ part: String, _ item: String, _ figures: [(String, Double?)], text: String = "") {
            lines += figures.map { FigureLine(part: part, item: item, figure: $0.0, value: $0.1, text: text) }
        }
        for one in summary.exchanges ?? [] {
            add(
                "exchanges", one.step,
                [
                    ("requests", Double(one.requests)), ("round_trips", Double(one.roundTrips)),
                    ("bytes_sent", Double(one.bytesSent)), ("bytes_received", Double(one.bytesReceived)),
                ])
        }
        for one in summary.exposure ?? [] {
            add("exposure", one.name, [("found", one.isFound ? 1 : 0), ("seconds_left", one.secondsLeft)])
            add("exposure", one.name, [("reusable", one.isReusable.map { $0 ? 1 : 0 })])
        }
        for one in summary.preAuth ?? [] {
            add(
                "pre-auth", one.kind,
                [("bytes", Double(one.bytes)), ("descriptors", Double(one.descriptors)), ("seconds", one.seconds)],
                text: one.limit)
        }
        for one in summary.enforcement ?? [] {
            add(
                "enforcement", one.cause,
                [
                    ("streams", Double(one.streams)), ("p50_ms", one.p50), ("p99_ms", one.p99), ("max_ms", one.maximum),
                    ("survivors", Double(one.survivors)), ("last_update_ms", one.lastUpdate),
                    ("client_busy", one.clientBusy),
                ])
        }
        for one in summary.renewal ?? [] {
            add(
                "renewal", one.way,
                [
                    ("gap_ms", one.gapMilliseconds), ("replayed", Double(one.replayed)),
                    ("duplicated", Double(one.duplicated)), ("lost", Double(one.lost)),
                    ("reconnects", Double(one.reconnects)),
                ])
        }
        for one in summary.attacks ?? [] {
            add(
                "attacks", one.name, [("repelled", one.isRepelled ? 1 : 0)],
                text: "\(one.category): expected \(one.expected), observed \(one.observed)")
        }
        for one in summary.reach ?? [] { add("reach", one.client, [("usable", one.isUsable ? 1 : 0)]) }
        for one in summary.cpu ?? [] {
            add(
                "cpu", one.work + (one.algorithm.map { ", \($0)" } ?? ""),
                [("microseconds", one.microseconds), ("ratio", one.ratio)])
        }
        if let code = vector.code {
            add(
                "code", "source",
                [
                    ("lines", Double(code.lines)), ("branches", Double(code.branches)),
                    ("settings", Double(code.settings)),
                ], text: code.serverState)
        }
        for one in summary.omissions ?? [] { add("omission", one.part, [("reason", nil)], text: one.reason) }
        return lines
    }
}
