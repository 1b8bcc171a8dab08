internal import ExperimentModel

/// `auth.csv`: a line for each figure of each vector, so that a spreadsheet can pivot them. Empty of lines in other studies.
public struct AuthCSVRenderer: Renderer {
    public let fileName = "auth.csv"
    public let purpose = "one line a figure of each auth scheme and path"

    public init() {}

    public func applies(to analysis: Analysis) -> Bool { analysis.auth != nil }

    public func render(_ analysis: Analysis) -> String {
        var table = CSVTable([
            "scheme", "transport", "protocol", "tls", "part", "item", "figure", "value", "text",
        ])
        let legibility = analysis.auth?.files.legibility
        for vector in analysis.auth?.vectors ?? [] {
            let bits = (legibility?.bits(for: vector) ?? []).map {
                Line(part: "legibility", item: $0.client, figure: "bits", value: $0.bits)
            }
            for line in Self.lines(vector) + bits {
                table.add(
                    [
                        vector.scheme.forCSV, vector.path.transport.forCSV, vector.path.protocolVersion.forCSV,
                        vector.path.tls ? "true" : "false", line.part, line.item.forCSV, line.figure,
                        CSVNumber.text(line.value), line.text.forCSV,
                    ])
            }
        }
        for gap in analysis.auth?.gaps ?? [] {
            table.add([
                gap.scheme.forCSV, gap.path.transport.forCSV, gap.path.protocolVersion.forCSV,
                gap.path.tls ? "true" : "false", "gap", gap.status.rawValue, "reason", "", gap.reason.forCSV,
            ])
        }
        return table.text
    }

    private struct Line {
        var part: String
        var item: String
        var figure: String
        var value: Double?
        var text = ""
    }

    private static func lines(_ vector: AuthVector) -> [Line] {
        let summary = vector.summary
        var lines: [Line] = []
        func add(_ part: String, _ item: String, _ figures: [(String, Double?)], text: String = "") {
            lines += figures.map { Line(part: part, item: item, figure: $0.0, value: $0.1, text: text) }
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
