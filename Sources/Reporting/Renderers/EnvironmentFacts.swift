internal import ExperimentModel

/// The machine and the software as names and values.
struct EnvironmentFacts {
    let analysis: Analysis

    var all: [StudyReport.Fact] {
        guard let environment = analysis.environment else { return [] }
        var facts: [(String, String)] = [
            ("Processor", "\(environment.cpuModel), \(Decimals.count(environment.cores, "core"))"),
            ("Memory", Unit.bytes.text(Double(environment.memoryBytes))),
            ("Kernel", environment.kernel),
        ]
        if let system = environment.operatingSystem { facts.append(("System", system)) }
        facts.append(("Host", environment.hostname))
        facts.append(("Frequency governor", environment.governor ?? "not shown by the kernel"))
        let limit = environment.descriptorLimit
        facts.append(("Descriptors", "\(Decimals.integer(limit.soft)) soft, \(Decimals.integer(limit.hard)) hard"))
        facts.append(
            ("Load at the start", environment.loadAtStart.map { Decimals.fixed($0, places: 2) }.joined(separator: ", "))
        )
        let changes = environment.gitDirty == true ? ", with changes that are not committed" : ""
        facts.append(("Tandem revision", (environment.gitRevision ?? "not recorded") + changes))
        facts.append(("Swift", environment.swiftVersion))
        for (name, version) in environment.libraries.sorted(by: { $0.key < $1.key }) { facts.append((name, version)) }
        facts.append(("Recorded at", Self.toTheSecond(environment.recordedAt)))
        return facts.map(StudyReport.Fact.init)
    }

    /// RFC 3339 without the fraction of a second.
    private static func toTheSecond(_ time: String) -> String {
        guard let point = time.firstIndex(of: "."), time.hasSuffix("Z") else { return time }
        return time[..<point] + "Z"
    }

    /// Empty if the run has an environment record.
    var note: String {
        analysis.environment == nil
            ? "environment.json is missing, so nobody can tell which machine these figures are about." : ""
    }

    /// Facts about the run itself.
    var run: [StudyReport.Fact] {
        let completeness = analysis.completeness
        var trials = Decimals.count(completeness.recorded, "trial")
        if let planned = completeness.planned { trials += " of \(Decimals.integer(planned))" }
        let facts =
            [
                ("Experiment", analysis.experiment),
                (analysis.runs.count == 1 ? "Run" : "Runs", analysis.runs.joined(separator: ", ")),
                ("Started", Self.toTheSecond(analysis.firstStart)),
                ("Recorded", "\(trials) in \(Decimals.count(completeness.blocks, "block"))"),
                (analysis.seeds.count == 1 ? "Seed" : "Seeds", analysis.seeds.map { "\($0)" }.joined(separator: ", ")),
            ] + (analysis.pins.map { [("Pinned", $0 ? "server and load, to processors of their own" : "no")] } ?? [])
        return facts.map(StudyReport.Fact.init)
    }
}
