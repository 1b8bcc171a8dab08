internal import ExperimentModel
internal import Measurement

/// Judges a goal of a study of capacity by its trials.
struct CapacityReading {
    /// The part of a processor above which a busy load client hides what the server could do.
    private static let saturated = 0.95
    /// The largest relative difference in bytes per update between two sides that are compared.
    private static let bytesTolerance = 0.01
    /// The load of other programs, in processors, above which a row is marked as disturbed.
    private static let disturbed = 0.1
    /// The largest factor by which the memory of held connections may grow from the first round to the last.
    private static let memoryGrowth = 1.1

    private typealias Pair = (one: Observation, other: Observation)

    private let cell: Cell
    private let goal: CapacityGoal
    private let lines: [Observation]
    private let statistics: TrialStatistics

    /// - Parameter lines: all observations of the row, from both servers and every number of loops.
    init(_ cell: Cell, _ goal: CapacityGoal, among lines: [Observation], _ statistics: TrialStatistics) {
        self.cell = cell
        self.goal = goal
        self.lines = lines
        self.statistics = statistics
    }

    var row: CapacityRow {
        let ours = lines.filter { $0.cell == cell }
        let floor = lines.filter { $0.cell.role == .floor && $0.cell.loops == cell.loops }
        let one = lines.filter { $0.cell.loops == 1 }
        let reference: [Observation]? =
            switch goal.of {
            case .floor: floor
            case .oneLoop: one.filter { $0.cell.server == cell.server && $0.cell.role == .measure }
            case nil: nil
            }
        var row = CapacityRow(cell: cell, goal: goal, verdict: .invalid, notes: [])
        row.ours = statistics.median(of: ours.compactMap(value))
        row.floor = statistics.median(of: floor.compactMap(value))
        let pairs = reference.map { Self.pairs(ours, $0) } ?? []
        row.ratio = ratio(pairs)
        if goal.of == .floor { row.noise = ratio(Self.pairs(lines.filter { $0.cell.role == .aa }, floor)) }
        judge(&row, [ours] + (reference.map { [$0] } ?? []), pairs)
        if goal.of == .oneLoop {
            let own = Self.pairs(floor, one.filter { $0.cell.role == .floor })
            row.floorRatio = ratio(own)
            // The floor's ratio is shown beside ours and decides nothing. Where ours saturated the client too, that is said already.
            if own.contains(where: { isSaturated($0.one) || isSaturated($0.other) }),
                !pairs.contains(where: { isSaturated($0.one) })
            {
                row.notes.append("the floor's own ratio is uncertain: \(Self.saturation)")
            }
        }
        row.notes += disturbance(ours + (reference ?? [])) + spread(ours)
        return row
    }

    /// - Parameter sides: the observations of each side. Each side is needed for a figure.
    private func judge(_ row: inout CapacityRow, _ sides: [[Observation]], _ pairs: [Pair]) {
        if let failed = sides.joined().first(where: { $0.status == .failed || $0.status == .invalid }) {
            (row.verdict, row.notes) = (.failed, [failed.reason ?? "a trial gave no figure"])
            return
        }
        if let empty = sides.first(where: { !$0.contains { $0.capacity != nil } }) {
            (row.verdict, row.notes) = (.skipped, [empty.first?.reason ?? "it was not measured"])
            return
        }
        let holdings = sides[0].compactMap { $0.capacity?.holding }
        let faults = unique(pairs.compactMap(fault) + holdings.compactMap(fault))
        guard let value = row.judged?.value else {
            row.notes = faults.isEmpty ? ["no block has a figure of each side"] : faults
            return
        }
        let problems = unique(holdings.flatMap(problems))
        row.verdict = goal.isMet(by: value) && problems.isEmpty ? .met : .missed
        row.notes = faults + problems
        if goal.of == .oneLoop, pairs.contains(where: { isSaturated($0.one) }) {
            row.notes.append("with \(cell.loops) loops \(Self.saturation): the ratio is a lower bound")
            // A saturated client makes more loops look worse, never better.
            if row.verdict == .missed { row.verdict = .invalid }
        }
        if !faults.isEmpty { row.verdict = .invalid }
    }

    // MARK: Figures

    private func value(_ line: Observation) -> Double? {
        line.status == .ok ? line.capacity?.value(of: goal.figure) : nil
    }

    /// Pairs the `ok` observations of the same block.
    private static func pairs(_ some: [Observation], _ others: [Observation]) -> [Pair] {
        let byBlock = Dictionary(
            others.filter { $0.status == .ok }.map { ($0.block, $0) }, uniquingKeysWith: { _, last in last })
        return some.filter { $0.status == .ok }.compactMap { one in byBlock[one.block].map { (one, $0) } }
    }

    private func ratio(_ pairs: [Pair]) -> Estimate? {
        let values = pairs.compactMap { pair -> Bootstrap.Pair? in
            guard let one = value(pair.one), let other = value(pair.other) else { return nil }
            let values = Bootstrap.Pair(one, other)
            return values.hasRatio ? values : nil
        }
        guard let first = values.first else { return nil }
        guard let interval = statistics.bootstrap.pairedRatio(of: values) else {
            return Estimate(value: first.first / first.second, interval: nil, trials: 1)
        }
        return Estimate(value: interval.estimate, interval: interval.lower...interval.upper, trials: values.count)
    }

    // MARK: Whether they can be compared

    private static let saturation = "the load client was saturated before the server"

    /// Whether the figure of a flood is limited by the load client, not by the server.
    private func isSaturated(_ line: Observation) -> Bool {
        guard goal.figure == .updatesPerSecond, let delivery = line.capacity?.delivery else { return false }
        let serverBusy = delivery.cpuSeconds / delivery.seconds / Double(max(line.cell.loops, 1))
        return delivery.clientBusy > max(Self.saturated, serverBusy)
    }

    /// Why a pair cannot be compared; nil if it can.
    private func fault(_ pair: Pair) -> String? {
        if let one = pair.one.capacity?.delivery, let other = pair.other.capacity?.delivery,
            abs(one.bytesPerUpdate / other.bytesPerUpdate - 1) > Self.bytesTolerance
        {
            return "bytes per update differ: \(Decimals.fixed(one.bytesPerUpdate, places: 1)) and "
                + Decimals.fixed(other.bytesPerUpdate, places: 1)
        }
        // A client that is saturated by more loops is judged separately.
        return isSaturated(pair.other) || (goal.of != .oneLoop && isSaturated(pair.one)) ? Self.saturation : nil
    }

    /// Why the memory of connections cannot be measured; nil where it can.
    private func fault(_ holding: CapacitySummary.Holding) -> String? {
        holding.grownBytes > 0
            ? nil : "not measurable: the server's memory did not grow while it held its connections"
    }

    /// What went wrong while connections were held and returned.
    private func problems(_ holding: CapacitySummary.Holding) -> [String] {
        guard goal.figure == .memoryReturned, let first = holding.rounds.first, let last = holding.rounds.last else {
            return []
        }
        var problems: [String] = []
        for round in holding.rounds where round.held != holding.connections || round.lost > 0 {
            problems.append(
                "\(Decimals.integer(round.held)) of \(Decimals.integer(holding.connections)) were held, and "
                    + "\(Decimals.integer(round.lost)) lost")
        }
        for round in holding.rounds where round.leftDescriptors > 0 {
            problems.append(
                "\(Decimals.count(round.leftDescriptors, "descriptor was", "descriptors were")) not given back")
        }
        if Double(last.heldBytes - holding.beforeBytes) > Self.memoryGrowth * Double(holding.grownBytes) {
            problems.append(
                "memory grew: \(Unit.bytes.text(Double(first.heldBytes))) were held the first time, and "
                    + "\(Unit.bytes.text(Double(last.heldBytes))) the last")
        }
        return problems
    }

    private func disturbance(_ lines: [Observation]) -> [String] {
        let others = lines.compactMap { $0.capacity?.delivery?.othersBusy }
        guard let median = Quantiles(others).median, median >= Self.disturbed else { return [] }
        return ["disturbed: other programs used \(Decimals.percent(median)) of one processor"]
    }

    private func spread(_ lines: [Observation]) -> [String] {
        guard let count = lines.compactMap({ $0.capacity?.holding?.processes }).max(), count > 1 else { return [] }
        return ["\(count) servers and \(count) load clients, as no process may hold so many descriptors here"]
    }
}
