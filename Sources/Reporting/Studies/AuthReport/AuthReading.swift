internal import ExperimentModel

/// Two sentences for each scheme, derived from its figures alone.
struct AuthReading {
    var scheme: String
    var path: AuthPath
    var sentences: [String]

    /// Reads the first path on which the scheme was measured completely, otherwise the first that has a vector.
    init?(_ analysis: AuthAnalysis, _ scheme: String) {
        let vectors = analysis.vectors.filter { $0.scheme == scheme }
        guard let vector = vectors.first(where: { $0.summary.exchanges != nil }) ?? vectors.first else { return nil }
        self.scheme = scheme
        path = vector.path
        sentences = [Self.costs(vector), Self.standing(vector, analysis)]
    }

    static func all(_ analysis: AuthAnalysis) -> [AuthReading] {
        analysis.schemes.compactMap { AuthReading(analysis, $0) }
    }

    /// The cost of the scheme, what it leaves behind, and which clients can use it.
    private static func costs(_ vector: AuthVector) -> String {
        var parts: [String] = []
        if let connect = vector.exchange("connect") {
            parts.append(
                "takes \(Decimals.count(connect.requests, "request")), \(Decimals.count(connect.roundTrips, "round trip")) and "
                    + "\(Unit.bytes.text(Double(connect.bytesSent + connect.bytesReceived))) to its first update")
        }
        if let found = vector.sinksFound {
            if found.isEmpty {
                parts.append("leaves its credential nowhere that was searched")
            } else {
                let names = Prose.list(found.map(\.name))
                let isReusable = found.contains { $0.isReusable == true }
                parts.append(
                    "leaves its credential in \(Decimals.count(found.count, "place")) (\(names)), where it "
                        + (isReusable
                            ? "still opens the stream for \(Decimals.fixed(found.compactMap(\.secondsLeft).max() ?? 0, places: 0)) s"
                            : "opens nothing any more"))
            }
        }
        if let reach = vector.summary.reach {
            let missing = reach.filter { !$0.isUsable }.map(\.client)
            parts.append(
                "can be used by \(reach.count - missing.count) of \(Decimals.count(reach.count, "kind")) of client"
                    + (missing.isEmpty ? "" : " (not \(Prose.list(missing)))"))
        }
        guard !parts.isEmpty else {
            return
                "Over \(vector.path.label), this run does not tell what \(vector.scheme) takes to connect or leaves behind."
        }
        // Separated by semicolons, because the parts contain commas.
        return "Over \(vector.path.label), \(vector.scheme) \(parts.joined(separator: "; "))."
    }

    /// How soon its streams end, how it is renewed, and whether another scheme is better.
    private static func standing(_ vector: AuthVector, _ analysis: AuthAnalysis) -> String {
        var parts: [String] = []
        if let lags = vector.summary.enforcement, !lags.isEmpty {
            let words = lags.map { "\($0.cause) after \(Unit.nanoseconds.text($0.p99 * 1e6))" }
            parts.append("its streams ended on \(Prose.list(words)) at the 99th percentile")
        }
        if let renewal = vector.bestRenewal {
            parts.append(
                renewal.reconnects == 0
                    ? "a renewal (\(renewal.way)) left no gap"
                    : "a renewal left a gap of \(Unit.nanoseconds.text(renewal.gapMilliseconds * 1e6))")
        }
        if let front = analysis.front(of: vector.path) {
            if let member = front.front.first(where: { $0.scheme == vector.scheme }) {
                let strengths = member.strengths.map(\.rawValue)
                parts.append(
                    "no other scheme beats it on this path"
                        + (strengths.isEmpty ? "" : ", and none does better in \(Prose.list(strengths))"))
            } else if let dominated = front.dominated.first(where: { $0.scheme == vector.scheme }) {
                parts.append(
                    "\(Prose.list(dominated.by)) \(dominated.by.count == 1 ? "is" : "are each") at least as good on every axis of "
                        + "this path, and better on some")
            }
        }
        let text = parts.joined(separator: "; ")
        guard let first = text.first else { return "Nothing was measured that tells how it ends or is renewed." }
        return first.uppercased() + text.dropFirst() + "."
    }
}
