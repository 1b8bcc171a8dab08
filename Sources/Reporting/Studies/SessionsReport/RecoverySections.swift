internal import ExperimentModel

/// The sections of a study of reconnection: faults at a glance, phases, balancer, ledger, stops, harm.
struct RecoverySections {
    let analysis: SessionsAnalysis
    private var results: [RecoveryResult] { analysis.recoveries }

    var all: [SessionsSection] { results.isEmpty ? [] : [faults, phases, balancer, ledger, stops, harm] }

    private typealias Column = PageTable.Column
    private typealias Cell = PageTable.Cell

    private func byFault() -> [(fault: FaultPlan?, results: [RecoveryResult])] {
        unique(results.map(\.cell.session?.fault)).map { fault in
            (fault, results.filter { $0.cell.session?.fault == fault })
        }
    }

    private func name(_ fault: FaultPlan?) -> String { fault?.name ?? "no fault" }

    // MARK: Faults

    private var faults: SessionsSection {
        let rows = byFault().map { fault, results -> PageTable.Row in
            let ledger = SessionLedgerSummary.total(results.map(\.ledger))
            let worst = results.compactMap(\.ratio?.worstP99).max()
            return PageTable.Row(
                heading: name(fault),
                cells: [
                    Cell(text: FaultText(analysis).text(fault), isReason: true),
                    Cell(text: Decimals.integer(results.count)),
                    Cell(
                        text: Decimals.integer(results.reduce(0) { $0 + $1.interrupted }),
                        note: Words("of \(Decimals.integer(results.reduce(0) { $0 + $1.sessions }))")),
                    range(results, .detectClient), range(results, .caughtUp),
                    Cell(text: worst.map { "× \(Decimals.fixed($0, places: 2))" } ?? "–"),
                    Cell(text: Decimals.integer(ledger.declaredLost)), LedgerColumns.faults(ledger),
                ])
        }
        let columns = [
            Column(title: "Fault"), Column(title: "What happens", isText: true), Column(title: "Cells"),
            Column(title: "Cut", note: "sessions"), Column(title: "Client knows", note: "since the fault"),
            Column(title: "Caught up", note: "since the repair"), Column(title: "Over floor", note: "worst p99"),
            Column(title: "Declared lost"), LedgerColumns.faultsColumn,
        ]
        return SessionsSection(
            id: "faults", title: "Faults at a glance",
            note:
                "A row for each fault, over all its cells: the range of the cells' medians, and the highest 99th percentile of them. "
                + Self.overFloor,
            tables: [PageTable.ofRows("Faults", columns, rows)].compactMap { $0 })
    }

    private func range(_ results: [RecoveryResult], _ phase: SessionPhase) -> Cell {
        let found = results.compactMap { $0.phases[phase] }
        guard let last = found.map(\.p99.value).max() else { return .none }
        return Cell(
            text: Prose.range(found.map(\.p50.value), .nanoseconds), note: Words("p99 \(Unit.nanoseconds.text(last))"))
    }

    private static let overFloor =
        "Over floor: a session's time until it had caught up, over what its phases take at least."

    // MARK: Phases

    private var phases: SessionsSection {
        SessionsSection(
            id: "phases", title: "The way back, phase by phase",
            note:
                "A chart for each fault: what the median session went through from the fault's beginning. The quantiles of each "
                + "cell, \(results.contains { $0.trials > 1 } ? "with their intervals over trials" : "each of one trial"), stand below "
                + "the charts. What never came before a trial ended counts as later than everything that did. \(Self.overFloor)",
            figures: byFault().compactMap { PhaseFigure(analysis: analysis, fault: $0, results: $1).figure }
                + [ReturnFigure(analysis: analysis).figure].compactMap { $0 },
            details: byFault().compactMap { phaseTable($0, $1) })
    }

    private func phaseTable(_ fault: FaultPlan?, _ results: [RecoveryResult]) -> PageTable? {
        let phases = SessionPhase.allCases.filter { phase in results.contains { $0.phases[phase] != nil } }
        let rows = results.map { result in
            PageTable.Row(
                heading: analysis.naming.label(result.cell, leavingOut: [.fault]),
                cells: phases.map { Cell(result.phases[$0]) } + [
                    ratio(result),
                    Cell(
                        text: Decimals.integer(result.attempts),
                        note: Words(
                            result.positionsLost > 0
                                ? "\(Decimals.integer(result.positionsLost)) told: position lost" : "")),
                    Cell(text: Decimals.integer(result.trials)),
                ])
        }
        return PageTable.ofRows(
            "Phases: \(name(fault))", detail: FaultText(analysis).text(fault),
            [Column(title: "Client and strategy")] + phases.map { Column(title: $0.title, note: Words($0.origin)) } + [
                Column(title: "Over floor", note: "caught up, p50"), Column(title: "Attempts"), Column(title: "Trials"),
            ], rows)
    }

    private func ratio(_ result: RecoveryResult) -> Cell {
        guard let ratio = result.ratio else { return .none }
        let interval = ratio.p50.interval.map {
            "\(Decimals.fixed($0.lowerBound, places: 2))–\(Decimals.fixed($0.upperBound, places: 2))"
        }
        return Cell(
            text: "× \(Decimals.fixed(ratio.p50.value, places: 2))", note: Words(interval ?? ""),
            aside: Words(
                "p99 × \(Decimals.fixed(ratio.p99.value, places: 2)), n \(Decimals.integer(ratio.count))"))
    }

    // MARK: Nodes behind a balancer

    private var balancer: SessionsSection {
        let rows = results.compactMap { result in result.nodes.map { row(result, $0) } }
        let columns = [
            Column(title: "Cell"), Column(title: "Sessions by node", note: "before"),
            Column(title: "Sessions by node", note: "after"), Column(title: "Moved", note: "to another node"),
            Column(title: "Told", note: "of these: position lost"), Column(title: "What clients saw", isText: true),
            Column(title: "Without a stream"), Column(title: "Declared lost"), LedgerColumns.faultsColumn,
        ]
        return SessionsSection(
            id: "nodes", title: "A node that goes, behind a balancer",
            note:
                "Each node has timelines of its own, and is told each update. The fault touches the first. A session that comes back to "
                + "another has a position of an epoch that this one does not know: it is told so once, and goes on from the state. Without a stream: "
                + "from knowing to the acceptance of the attempt that succeeded.",
            tables: [PageTable.ofRows("Nodes", columns, rows)].compactMap { $0 })
    }

    private func row(_ result: RecoveryResult, _ nodes: ReconnectionSummary.Nodes) -> PageTable.Row {
        func list(_ counts: [Int]) -> Cell { Cell(text: counts.map { Decimals.integer($0) }.joined(separator: " + ")) }
        let saw = result.causes.map { cause in
            let parts = [
                cause.ended > 0 ? "\(Decimals.integer(cause.ended)) ended" : nil,
                cause.failed > 0 ? Decimals.count(cause.failed, "attempt") : nil,
            ]
            return "\(cause.cause): \(parts.compactMap { $0 }.joined(separator: ", "))"
        }
        return PageTable.Row(
            heading: analysis.naming.label(result.cell),
            cells: [
                list(nodes.before), list(nodes.after), Cell(text: Decimals.integer(nodes.moved)),
                Cell(text: Decimals.integer(nodes.movedAndTold)),
                Cell(text: saw.isEmpty ? "–" : saw.joined(separator: "; "), isReason: true), Cell(result.away),
                Cell(text: Decimals.integer(result.ledger.declaredLost)), LedgerColumns.faults(result.ledger),
            ])
    }

    // MARK: Ledger

    private var ledger: SessionsSection {
        let strategy = Set<Factor>([.fault])
        let strategies = unique(results.map { analysis.naming.label($0.cell, leavingOut: strategy) })
        let rows = strategies.map { label -> PageTable.Row in
            let here = results.filter { analysis.naming.label($0.cell, leavingOut: strategy) == label }
            return PageTable.Row(heading: label, cells: LedgerColumns.cells(.total(here.map(\.ledger))))
        }
        let cells = results.map { result in
            PageTable.Row(heading: analysis.naming.label(result.cell), cells: LedgerColumns.cells(result.ledger))
        }
        return SessionsSection(
            id: "ledger", title: "What became of the updates",
            note:
                "Every update that was acknowledged to its publisher is accounted for, once for each session that watches its order. "
                + "Silently lost is a gate: anything but 0 is a fault of the server or of the strategy. Duplicates are counted apart.",
            tables: [
                PageTable.ofRows(
                    "Over all faults", [Column(title: "Client and strategy")] + LedgerColumns.columns, rows)
            ].compactMap { $0 },
            details: [
                PageTable.ofRows("The ledger of each cell", [Column(title: "Cell")] + LedgerColumns.columns, cells)
            ].compactMap { $0 })
    }

    // MARK: Stops

    private var stops: SessionsSection {
        let clients: Set<Factor> = [.transport, .protocolVersion, .tls, .client]
        let labels = unique(results.map { analysis.naming.label($0.cell, of: clients) })
        let rows = labels.flatMap { label -> [PageTable.Row] in
            let here = results.filter { analysis.naming.label($0.cell, of: clients) == label }
            // The control is known to be wrong, which is no failure of the run.
            let isControl = here.allSatisfy(\.isControl)
            return RecoveryResult.merged(here.flatMap(\.stops)).map { stop in
                let isWrong = stop.mustStop && stop.cameBack > 0 && !isControl
                return PageTable.Row(
                    heading: isControl ? "\(label) (control)" : label,
                    cells: [
                        Cell(text: stop.cause, isText: true),
                        Cell(text: stop.mustStop ? "stops" : "comes back", isText: true),
                        Cell(text: Decimals.integer(stop.stopped)),
                        Cell(text: Decimals.integer(stop.cameBack), chip: isWrong ? "failed" : ""),
                        Cell(
                            text: Decimals.integer(stop.uselessRetries),
                            chip: stop.uselessRetries > 0 && !isControl ? "failed" : ""),
                    ])
            }
        }
        let columns = [
            Column(title: "Client"), Column(title: "Cause", isText: true),
            Column(title: "A faithful client", isText: true), Column(title: "Stopped"), Column(title: "Came back"),
            Column(title: "Useless retries"),
        ]
        return SessionsSection(
            id: "stops", title: "Stopping where there is nothing to come back for",
            note:
                "What a client of the model must do on each answer, and what its sessions did. A useless retry is an attempt after an "
                + "answer that should have ended them. The control comes back whatever is said: it shows what others are spared.",
            tables: [PageTable.ofRows("Stops", columns, rows)].compactMap { $0 })
    }

    // MARK: Harm

    private var harm: SessionsSection {
        let rows = results.compactMap { result in result.harm.map { row(result, $0) } }
        let columns = [
            Column(title: "Cell"), Column(title: "Peers"), Column(title: "Memory", note: "a second and peer, slope"),
            Column(title: "Until cut"), Column(title: "By the settings", note: "--stalled-reader"),
            Column(title: "Others' p99", note: "before"),
            Column(title: "Others' p99", note: "during"), Column(title: "Change", note: "of the p99"),
        ]
        return SessionsSection(
            id: "harm", title: "Slow readers and half-open peers",
            note:
                "What peers that do not read, or are gone without a word, cost the server while they last, and the sessions beside them. "
                + "Memory is the slope of a line through the server's resident memory, less the slope before the fault. A peer that is gone "
                + "is cut once its patience is over, counted from the first byte that it leaves unacknowledged: the next update or heartbeat.",
            tables: [PageTable.ofRows("Harm", columns, rows)].compactMap { $0 })
    }

    private func row(_ result: RecoveryResult, _ harm: RecoveryResult.Harm) -> PageTable.Row {
        PageTable.Row(
            heading: analysis.naming.label(result.cell),
            cells: [
                Cell(text: Decimals.integer(harm.peers)),
                Cell(harm.bytesPerSecondPerPeer, .bytes), Cell(harm.timeToCut),
                Cell(text: harm.patience.map { Unit.nanoseconds.text($0) } ?? "no limit"),
                harm.othersBefore?.lastCell ?? .none, harm.othersDuring?.lastCell ?? .none,
                Cell(text: LatencyChange.text(harm.othersBefore, harm.othersDuring)),
            ])
    }
}

/// The change of the 99th percentile of the other sessions.
enum LatencyChange {
    static func text(_ before: TimeDistribution?, _ during: TimeDistribution?) -> String {
        guard let before, let during, before.p99.value > 0, before.p99.value.isFinite else { return "–" }
        return Decimals.change(during.p99.value / before.p99.value)
    }
}
