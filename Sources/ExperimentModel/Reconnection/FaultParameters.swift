/// The parameters that a plan's step sets, with the defaults of the fault's profile for the others.
public struct FaultParameters: Sendable {
    private let values: [String: Double]

    package init(_ step: FaultStep, _ profile: FaultProfile) {
        var values = step.parameters
        for parameter in profile.parameters where values[parameter.name] == nil {
            values[parameter.name] = parameter.default
        }
        self.values = values
    }

    /// Traps for a name that the profile does not have: a fault and its profile are in one file.
    package subscript(_ name: String) -> Double {
        guard let value = values[name] else { preconditionFailure("the fault's profile has no parameter '\(name)'") }
        return value
    }

    package func integer(_ name: String) -> Int { Int(self[name].rounded()) }
    package func flag(_ name: String) -> Bool { self[name] != 0 }
}
