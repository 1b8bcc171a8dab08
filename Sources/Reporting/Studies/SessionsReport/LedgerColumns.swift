internal import ExperimentModel

/// The ledger of sessions as columns: the ways in which updates arrived, then what went wrong.
enum LedgerColumns {
    static let columns = [
        PageTable.Column(title: "Due", note: "updates × sessions"), PageTable.Column(title: "Live"),
        PageTable.Column(title: "Replayed"), PageTable.Column(title: "Snapshot"), PageTable.Column(title: "Re-fetched"),
        PageTable.Column(title: "Declared lost"), PageTable.Column(title: "Undelivered", note: "at the end"),
        PageTable.Column(title: "Duplicated"), PageTable.Column(title: "Reordered"),
        PageTable.Column(title: "Silently lost"),
    ]

    static func cells(_ ledger: SessionLedgerSummary) -> [PageTable.Cell] {
        func share(_ count: Int64) -> PageTable.Cell {
            PageTable.Cell(
                text: count == 0 ? "0" : ledger.share(count), note: Words(count == 0 ? "" : Decimals.integer(count)))
        }
        func fault(_ count: Int64) -> PageTable.Cell {
            PageTable.Cell(text: Decimals.integer(count), chip: count > 0 ? "failed" : "")
        }
        return [PageTable.Cell(text: Decimals.integer(ledger.expected))]
            + [ledger.live, ledger.replayed, ledger.snapshot, ledger.refetched].map(share)
            + [ledger.declaredLost, ledger.undelivered].map { PageTable.Cell(text: Decimals.integer($0)) }
            + [fault(ledger.duplicated), fault(ledger.reordered)]
            + [
                PageTable.Cell(
                    text: Decimals.integer(ledger.silentlyLost), chip: ledger.silentlyLost > 0 ? "failed" : "ok")
            ]
    }

    /// Silently lost, duplicated, reordered: `0, 0, 0`.
    static func faults(_ ledger: SessionLedgerSummary?) -> PageTable.Cell {
        guard let ledger, ledger.expected > 0 else { return .none }
        let text = [ledger.silentlyLost, ledger.duplicated, ledger.reordered].map { Decimals.integer($0) }
        return PageTable.Cell(text: text.joined(separator: ", "), chip: ledger.faults > 0 ? "failed" : "ok")
    }

    static let faultsColumn = PageTable.Column(title: "Ledger", note: "silently lost, dup., reord.")
}
