package import ExperimentModel
import Glibc

/// The signals that page code received, by browser and client, in the order of reports.
package struct LegibilityResult: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        /// Name and version.
        package var browser: String
        package var client: String
        package var signals = SignalTable()
    }

    package private(set) var entries: [Entry] = []

    package init() {}

    package mutating func add(_ signal: String, of cause: String, to client: String, in browser: String) {
        let index = entries.firstIndex { $0.browser == browser && $0.client == client } ?? entries.count
        if index == entries.count { entries.append(Entry(browser: browser, client: client)) }
        entries[index].signals.add(signal, of: cause)
    }

    /// The record for a result folder. Where repetitions gave different signals, bars separate them.
    package var record: LegibilityRecord {
        var bits: [String: [String: Double]] = [:]
        var confusion: [String: [String: [String: [String: Double]]]] = [:]
        for entry in entries {
            bits[entry.browser, default: [:]][entry.client] = Self.rounded(entry.signals.bits)
            confusion[entry.browser, default: [:]][entry.client] = entry.signals.confusion
        }
        return LegibilityRecord(
            rows: entries.flatMap { entry in
                entry.signals.rows.map { row in
                    LegibilityRecord.Row(
                        cause: row.cause, client: entry.client, browser: entry.browser,
                        signal: row.distinct.joined(separator: " | "))
                }
            },
            // The bits of the first browser; `bitsByBrowser` has all.
            bits: entries.first.flatMap { bits[$0.browser] }, bitsByBrowser: bits,
            mostBits: entries.first.map { Self.rounded($0.signals.mostBits) }, formula: SignalTable.formula,
            confusion: confusion)
    }

    /// The text for a terminal: each client's bits, and the causes that look alike with their signals.
    package var text: String {
        entries.map { entry in
            let (bits, most) = (Self.fixed(entry.signals.bits), Self.fixed(entry.signals.mostBits))
            let groups = entry.signals.alike.flatMap { group in
                (entry.signals.rows.first { $0.cause == group.first }?.distinct ?? []).map {
                    "  \(group.joined(separator: ", "))\n      \($0)\n"
                }
            }
            return "\n\(entry.browser), \(entry.client): \(bits) of \(most) bits\n" + groups.joined()
        }.joined()
    }

    private static func rounded(_ value: Double) -> Double { (value * 1_000).rounded(.toNearestOrEven) / 1_000 }

    /// Two decimals.
    private static func fixed(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let rest = String(hundredths % 100)
        return "\(hundredths / 100).\(rest.count < 2 ? "0" : "")\(rest)"
    }
}
