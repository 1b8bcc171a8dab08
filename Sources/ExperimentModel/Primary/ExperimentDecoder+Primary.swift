extension ExperimentDecoder {
    private static let primaryKeys = ["compare", "against", "metrics", "blocks"]

    /// Decodes `primary` and `budgetSeconds`.
    func primary(_ fields: StrictMapping, of experiment: inout Experiment) throws(ExperimentFileError) {
        guard let node = fields["primary"] else {
            guard let budget = fields["budgetSeconds"] else { return }
            throw budget.failure(
                .contradiction, "'budgetSeconds' ends a run that adds blocks: it needs 'primary', which says until when"
            )
        }
        guard experiment.study == .delivery else {
            throw node.failure(.contradiction, "'primary' belongs to a study of delivery")
        }
        if let order = fields["interleaving"], experiment.interleaving != .shuffled {
            throw order.failure(
                .contradiction, "with 'primary' each block has an order of its own: 'interleaving' must be 'shuffled'")
        }
        experiment.interleaving = .shuffled
        experiment.budgetSeconds = try fields.number("budgetSeconds", 1...86_400)
        let own = try node.mapping(keys: Self.primaryKeys)
        experiment.primary = PrimaryPlan(
            pairs: try pairs(own, among: experiment.crossed), metrics: try criteria(own.required("metrics")),
            looks: try looks(own.required("blocks"), after: experiment.repetitions))
    }

    /// Each cell of the first selection with the one of the second that differs in nothing that is not selected.
    private func pairs(_ own: StrictMapping, among cells: [Cell]) throws(ExperimentFileError) -> [PrimaryPlan.Pair] {
        let (first, second) = (try own.required("compare"), try own.required("against"))
        let (subjects, references) = (try selection(first, among: cells), try selection(second, among: cells))
        let selected = subjects.factors.union(references.factors).union([.transport, .pollInterval])
        func condition(_ cell: Cell) -> [Factor: FactorLevel] {
            Factor.levels(of: cell).filter { !selected.contains($0.key) }
        }
        var pairs: [PrimaryPlan.Pair] = []
        for cell in cells where subjects.matches(cell) {
            let others = cells.filter { references.matches($0) && condition($0) == condition(cell) }
            guard others.count == 1, others[0].id != cell.id else {
                throw second.failure(
                    .contradiction,
                    "'against' must name one other cell for each of 'compare', and names "
                        + "\(others.isEmpty ? "none" : others.map(\.id).joined(separator: ", ")) for \(cell.id)")
            }
            pairs.append(PrimaryPlan.Pair(cell: cell.id, against: others[0].id))
        }
        guard Set(pairs.map(\.against)).count == pairs.count else {
            throw first.failure(
                .contradiction,
                "'compare' names several cells under one condition: name the factors that tell them apart")
        }
        return pairs
    }

    private func criteria(_ node: StrictNode) throws(ExperimentFileError) -> [PrimaryPlan.Criterion] {
        let fields = try node.mapping(keys: vocabulary.metrics)
        guard !fields.entries.isEmpty else { throw node.failure(.missingKey, "'metrics' names nothing to compare") }
        var criteria: [PrimaryPlan.Criterion] = []
        for (name, _, value) in fields.entries {
            let own = try value.mapping(keys: ["margin", "milliseconds"])
            let milliseconds = try own.number("milliseconds", 0.001...60_000)
            if milliseconds != nil, !vocabulary.metricsOfTime.contains(name) {
                throw value.failure(
                    .contradiction, "'\(name)' is no time that anybody waits: it takes a 'margin' alone")
            }
            criteria.append(
                PrimaryPlan.Criterion(
                    name, margin: try own.required("margin").number(0.001...10), milliseconds: milliseconds))
        }
        return criteria
    }

    private func looks(_ node: StrictNode, after repetitions: Int) throws(ExperimentFileError) -> [Int] {
        let looks = try node.list().map { one throws(ExperimentFileError) in try one.integer(1...1_000) }
        guard zip(looks, looks.dropFirst()).allSatisfy(<) else {
            throw node.failure(.contradiction, "'blocks' takes ascending numbers of blocks, such as [3, 4, 6, 8]")
        }
        guard looks[0] >= repetitions else {
            throw node.failure(
                .contradiction,
                "the first of 'blocks' must not be below 'repetitions' (\(repetitions)), which every cell is to have")
        }
        return looks
    }
}
