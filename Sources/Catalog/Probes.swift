public import ExperimentRunner

extension Catalog {
    /// What can be observed of a trial in addition to its study's result, by the names in experiments. A new one adds
    /// its line here.
    public static let probes: [any Probe] = distinct([
        FootprintProbe(),
        SystemCallsProbe(),
    ])

    /// Traps where two probes have the same name, because an experiment could not tell which one it means.
    package static func distinct(_ probes: [any Probe]) -> [any Probe] {
        var names: Set<String> = []
        for probe in probes {
            precondition(names.insert(probe.name).inserted, "the probe '\(probe.name)' is registered twice")
        }
        return probes
    }
}
