/// What a step of a plan sets of its fault, and the profile's own values for the rest.
public struct FaultParameters: Sendable {
    private let values: [String: Double]

    package init(_ step: FaultStep, _ profile: FaultProfile) {
        var values = step.parameters
        for parameter in profile.parameters where values[parameter.name] == nil {
            values[parameter.name] = parameter.default
        }
        self.values = values
    }

    /// Traps on a name that the profile does not have: a fault and its profile are one file.
    package subscript(_ name: String) -> Double {
        guard let value = values[name] else { preconditionFailure("the fault's profile has no parameter '\(name)'") }
        return value
    }

    package func integer(_ name: String) -> Int { Int(self[name].rounded()) }
    package func flag(_ name: String) -> Bool { self[name] != 0 }
}
