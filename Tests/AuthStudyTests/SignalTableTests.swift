import AuthStudy
import ExperimentModel
import Foundation
import Testing

@Suite struct SignalTableTests {
    private static func table(_ rows: [(cause: String, signals: [String])]) -> SignalTable {
        var table = SignalTable()
        for row in rows { for signal in row.signals { table.add(signal, of: row.cause) } }
        return table
    }

    /// Of four causes, and the bits that are known without a computer.
    private static let rows: [(name: String, table: SignalTable, bits: Double)] = [
        ("all alike", table(["a", "b", "c", "d"].map { ($0, ["x"]) }), 0),
        ("all different: log2 4", table(["a", "b", "c", "d"].map { ($0, [$0]) }), 2),
        ("two pairs", table([("a", ["x"]), ("b", ["x"]), ("c", ["y"]), ("d", ["y"])]), 1),
        // p(c,s) is 1/8 each, p(s) 1/2 each: the signal tells nothing.
        ("by chance", table(["a", "b", "c", "d"].map { ($0, ["x", "y"]) }), 0),
        (
            "one of four alone", table([("a", ["x"]), ("b", ["y"]), ("c", ["y"]), ("d", ["y"])]),
            -(log2(1.0 / 4) / 4 + log2(3.0 / 4) * 3 / 4)
        ),
        // What is left to ask when x was seen, 3/8 of the time, is one of a with 1/3 and b with 2/3: 0.918 bits.
        (
            "once in two", table([("a", ["x", "y"]), ("b", ["x", "x"]), ("c", ["z"]), ("d", ["u"])]),
            2 - 3.0 / 8 * 0.9182958
        ),
    ]

    @Test("The bits of signals that are known by hand", arguments: rows.indices)
    func bits(row: Int) {
        let (name, table, bits) = Self.rows[row]
        #expect(abs(table.bits - bits) < 1e-6, "\(name): \(table.bits)")
        #expect(table.mostBits == 2)
        for (cause, shares) in table.confusion {
            #expect(abs(shares.values.reduce(0, +) - 1) < 1e-9, "\(name): the row of \(cause)")
            #expect(shares.count == 4)
        }
    }

    @Test("A cause is confused with those that showed its signal, as often as it showed it")
    func confusion() {
        let confusion = Self.table([("a", ["x", "y"]), ("b", ["x", "x"]), ("c", ["z"])]).confusion
        #expect(confusion["a"] == ["a": 0.75, "b": 0.25, "c": 0])
        #expect(confusion["b"] == ["a": 0.5, "b": 0.5, "c": 0])
        #expect(confusion["c"] == ["a": 0, "b": 0, "c": 1])
    }

    @Test("Causes that showed the same stand together, the largest group first, and then by their names")
    func alike() {
        let table = Self.table([
            ("d", ["z"]), ("a", ["x", "y"]), ("b", ["y", "x"]), ("c", ["x"]), ("e", ["y", "x", "x"]),
        ])
        #expect(table.alike == [["a", "b", "e"], ["c"], ["d"]])
        #expect(table.unsteady == ["a", "b", "e"])
    }

    // MARK: What is written down

    private static func result() -> LegibilityResult {
        var result = LegibilityResult()
        for (browser, client, cause, signal) in [
            ("Chromium 1", "fetch", "expired", "open > close"), ("Chromium 1", "fetch", "expired", "close"),
            ("Chromium 1", "fetch", "TLS", "error"), ("Chromium 1", "WebSocket", "expired", "error"),
            ("Chromium 1", "WebSocket", "TLS", "error"), ("Firefox 2", "fetch", "expired", "a"),
            ("Firefox 2", "fetch", "TLS", "b"),
        ] { result.add(signal, of: cause, to: client, in: browser) }
        return result
    }

    @Test("The record has the members of legibility.json, and rows in the order of reports")
    func record() throws {
        let record = Self.result().record
        let object = try #require(
            try JSONSerialization.jsonObject(with: try JSONEncoder().encode(record)) as? [String: Any])
        #expect(Set(object.keys) == ["rows", "bits", "bitsByBrowser", "mostBits", "formula", "confusion"])
        #expect(
            record.formula
                == "I = sum over c, s of p(c,s) * log2(p(c,s) / (p(c) * p(s))), with p(c) = 1/n and p(s|c) as it was observed."
        )
        let rows = record.rows.map { "\($0.browser ?? ""), \($0.client), \($0.cause): \($0.signal)" }
        #expect(
            rows == [
                "Chromium 1, fetch, expired: close | open > close", "Chromium 1, fetch, TLS: error",
                "Chromium 1, WebSocket, expired: error", "Chromium 1, WebSocket, TLS: error",
                "Firefox 2, fetch, expired: a", "Firefox 2, fetch, TLS: b",
            ])
        #expect(record.bits == ["fetch": 1, "WebSocket": 0])
        #expect(record.bitsByBrowser == ["Chromium 1": ["fetch": 1, "WebSocket": 0], "Firefox 2": ["fetch": 1]])
        #expect(record.mostBits == 1)
        #expect(record.confusion?["Chromium 1"]?["WebSocket"]?["TLS"] == ["TLS": 0.5, "expired": 0.5])
    }

    @Test("The text has each client's bits, and what each group of causes shows")
    func text() {
        #expect(
            Self.result().text == """

                Chromium 1, fetch: 1.00 of 1.00 bits
                  TLS
                      error
                  expired
                      close
                  expired
                      open > close

                Chromium 1, WebSocket: 0.00 of 1.00 bits
                  expired, TLS
                      error

                Firefox 2, fetch: 1.00 of 1.00 bits
                  TLS
                      b
                  expired
                      a

                """)
    }
}
