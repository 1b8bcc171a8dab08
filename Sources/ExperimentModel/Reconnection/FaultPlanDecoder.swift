/// Decodes `faults:` of an experiment file, or a whole plan file.
///
/// A step is `{fault: black-hole, at: 1, for: 2}` with the parameters of its fault beside these keys.
struct FaultPlanDecoder {
    private let profiles: [FaultProfile]

    init(_ profiles: [FaultProfile]) { self.profiles = profiles }

    /// The plans by their names.
    func plans(_ node: StrictNode) throws(ExperimentFileError) -> [FaultPlan] {
        var plans: [FaultPlan] = []
        for (name, key, value) in try StrictMapping(node, keys: nil).entries {
            try StrictNode.checkIdentifier(name, at: key)
            plans.append(FaultPlan(name: name, steps: try steps(value)))
        }
        guard !plans.isEmpty else { throw node.failure(.missingKey, "'faults' defines no plan") }
        return plans
    }

    func steps(_ node: StrictNode) throws(ExperimentFileError) -> [FaultStep] {
        var steps: [FaultStep] = []
        for element in try node.oneOrMore() { steps.append(try step(element)) }
        return steps.sorted { $0.at < $1.at }
    }

    private func step(_ node: StrictNode) throws(ExperimentFileError) -> FaultStep {
        // The valid parameters depend on the name of the fault.
        let loose = try StrictMapping(node, keys: nil)
        let name = try loose.required("fault").name(among: profiles.map(\.name))
        guard let profile = profiles.first(where: { $0.name == name }) else {
            preconditionFailure("'\(name)' was found among the profiles")
        }
        let fields = try node.mapping(
            keys: ["fault", "at"] + (profile.lasts ? ["for"] : []) + profile.parameters.map(\.name))
        var parameters: [String: Double] = [:]
        for parameter in profile.parameters {
            guard let node = fields[parameter.name] else { continue }
            let value = try node.number()
            if let rejection = parameter.rejection(of: value) { throw node.failure(.outOfRange, rejection) }
            parameters[parameter.name] = value
        }
        return FaultStep(
            name, at: try fields.number("at", 0...86_400) ?? 0, for: try fields.number("for", 0.001...86_400),
            parameters: parameters)
    }
}

extension FaultPlan {
    /// Reads the steps of a plan from the text of a file: a YAML list of steps, or one.
    ///
    /// - Parameter file: the name in errors, which is also the plan's name.
    /// - Throws: `ExperimentFileError` for the first mistake.
    public static func decode(
        _ yaml: String, file: String, faults: [FaultProfile]
    ) throws(ExperimentFileError) -> FaultPlan {
        let node = StrictNode(node: try Experiment.compose(yaml, file: file, ["fault"]), key: "the plan", file: file)
        return FaultPlan(name: file, steps: try FaultPlanDecoder(faults).steps(node))
    }
}
