import ExperimentModel
import LoadGeneration
import Reporting

/// The result of a load as text for people.
struct LoadSummary {
    private let specification: LoadSpecification
    private let result: LoadResult
    /// The maximum number of characters in a line of words.
    private let width: Int
    /// The column in which the figures and words of a line begin.
    private static let indent = 13

    /// - Parameter columns: the width of the terminal; nil does not break lines.
    init(_ specification: LoadSpecification, _ result: LoadResult, columns: Int?) {
        self.specification = specification
        self.result = result
        width = columns.map { max(40, $0) } ?? .max
    }

    var text: String {
        let heading =
            "\(specification.transport) \(specification.protocolVersion)\(specification.target.tls ? " TLS" : ""), "
            + "\(result.connections) subscribers, \(specification.load.orders) order\(specification.load.orders == 1 ? "" : "s"), "
            + result.publishing.explanation("\(Self.decimals(result.measuredSeconds, 1)) s")
        var lines =
            heading.wrapped(width: width) + [
                "",
                "                    p50        p90        p99      p99.9        max",
                row("latency", result.latency.corrected),
                row("  uncorrected", result.latency.uncorrected),
                row("first event", result.timeToFirstEvent),
            ]
        if let skew = result.fanOutSkew { lines.append(row("fan-out skew", skew)) }
        // The quantiles include updates that were owed and did not arrive.
        if [result.latency.corrected, result.timeToFirstEvent].contains(where: { $0.censored > 0 && $0.p999 == nil }) {
            lines += note("", "-: too few arrived of what was owed for that percentile")
        }
        if let staleness = result.staleness {
            lines += note(
                "staleness",
                "mean \(Self.duration(Int64(staleness.mean))), above \(Self.duration(staleness.p99)) for 1 % of the time"
            )
        }
        let slow = result.slowReaders
        if slow.count > 0 {
            lines += note(
                "slow readers",
                "\(slow.count) stopped reading: told \(slow.positionsLost) times that the position was lost, \(slow.cut) cut"
            )
        }
        lines += note("deliveries", deliveries)
        lines += note(
            "client",
            "\(Self.decimals(result.busyFraction * 100, 0)) % of a processor at most; publisher late by "
                + "\(Self.duration(result.publishing.latenessP99Nanoseconds)) (p99)")
        if let unconfirmed = result.publishing.unconfirmedUpdates {
            lines += note(
                "owed", "includes \(unconfirmed) updates of which no answer tells whether the server published them")
        }
        if result.unknownUpdates > 0 { lines += note("unknown", unknown) }
        if let deliveries = result.traffic.deliveries, deliveries > 0 {
            let bytes = result.traffic.bytesPerDelivery.map { Self.decimals($0, 0) } ?? "-"
            lines += note("traffic", "\(bytes) bytes received for each delivery, \(result.traffic.requests) polls")
        }
        if let clock = result.clock { lines += note("clock", clock) }
        return lines.joined(separator: "\n") + "\n"
    }

    private var deliveries: String {
        let ledger = result.ledger
        if specification.publishing == .elsewhere, specification.foreign != nil,
            specification.foreign?.sequencePointer == nil
        {
            return "\(ledger.delivered); what was owed is not known without --sequence-pointer"
        }
        return
            "\(ledger.delivered) of \(ledger.expected): \(ledger.lost) lost, \(ledger.duplicated) duplicated, "
            + "\(ledger.reordered) reordered, \(ledger.coalesced) coalesced, \(ledger.undelivered) not arrived"
    }

    /// Every update of our own server can be identified, so unknown ones were published by others.
    private var unknown: String {
        let isOurs = specification.foreign == nil && specification.publishing == .http
        return "\(result.unknownUpdates) updates "
            + (isOurs
                ? "were published by others (serve --demo, serve --publish, another load), and are in no figure"
                : "had no time or number that is known here, and are in no figure")
    }

    /// A line of words, broken into several if it is too long.
    private func note(_ name: String, _ text: String) -> [String] {
        let lines = width == .max ? [text] : text.wrapped(width: width - Self.indent)
        return lines.enumerated().map { Self.padded($0 == 0 ? name : "", Self.indent, left: true) + $1 }
    }

    private func row(_ name: String, _ latency: LatencySummary) -> String {
        let values = [latency.p50, latency.p90, latency.p99, latency.p999, latency.max].map { Self.duration($0) }
        return Self.padded(name, Self.indent, left: true) + values.map { Self.padded($0, 11) }.joined()
    }

    private static func padded(_ text: String, _ width: Int, left: Bool = false) -> String {
        let blanks = String(repeating: " ", count: max(0, width - text.count))
        return left ? text + blanks : blanks + text
    }

    /// The duration in the format of reports.
    static func duration(_ nanoseconds: Int64?) -> String {
        nanoseconds.map { Unit.nanoseconds.text(Double($0)) } ?? "-"
    }

    static func decimals(_ value: Double, _ count: Int) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
        var scale = 1.0
        for _ in 0..<count { scale *= 10 }
        let whole = Int64((value * scale).rounded())
        guard count > 0 else { return String(whole) }
        let digits = String(abs(whole))
        let padded = String(repeating: "0", count: max(0, count + 1 - digits.count)) + digits
        return (whole < 0 ? "-" : "") + padded.dropLast(count) + "." + padded.suffix(count)
    }
}
