public import ExperimentRunner

extension Catalog {
    /// What can be observed of a trial besides its study's result, by the names that experiments use. A new one adds its line here.
    public static let probes: [any Probe] = distinct([
        FootprintProbe(),
        SystemCallsProbe(),
    ])

    /// Traps where two probes have one name: an experiment could not say which it means.
    package static func distinct(_ probes: [any Probe]) -> [any Probe] {
        var names: Set<String> = []
        for probe in probes {
            precondition(names.insert(probe.name).inserted, "the probe '\(probe.name)' is registered twice")
        }
        return probes
    }
}
