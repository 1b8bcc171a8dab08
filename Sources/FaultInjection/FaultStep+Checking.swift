import ExperimentModel

extension FaultStep {
    /// - Returns: the profile of its fault.
    /// - Throws: `FaultError` where the proxy has no such fault, or a parameter is unknown or out of range.
    func check(among profiles: [FaultProfile]) throws(FaultError) -> FaultProfile {
        guard let profile = profiles.first(where: { $0.name == fault }) else {
            let names = profiles.map(\.name)
            throw FaultError(
                .invalid, "unknown fault '\(fault)'" + Self.hint(fault, among: names))
        }
        guard at.isFinite, (0...86_400).contains(at) else {
            throw FaultError(.invalid, "'at' is \(at) s, and must lie between 0 and 86400")
        }
        if let seconds = self.for {
            guard profile.lasts else {
                throw FaultError(.invalid, "'\(fault)' is over at once: leave out 'for'")
            }
            guard (0.001...86_400).contains(seconds) else {
                throw FaultError(.invalid, "'for' is \(seconds) s, and must lie between 0.001 and 86400")
            }
        }
        for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
            guard let parameter = profile.parameters.first(where: { $0.name == name }) else {
                throw FaultError(
                    .invalid,
                    "'\(fault)' has no parameter '\(name)'" + Self.hint(name, among: profile.parameters.map(\.name)))
            }
            if let rejection = parameter.rejection(of: value) { throw FaultError(.invalid, rejection) }
        }
        return profile
    }

    private static func hint(_ name: String, among names: [String]) -> String {
        let nearest = NearestName.of(name, among: names).map { "; did you mean '\($0)'?" } ?? ""
        return nearest + " (valid here: \(names.joined(separator: ", ")))"
    }
}
