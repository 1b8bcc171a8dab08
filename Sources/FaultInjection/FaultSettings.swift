package import ExperimentModel

/// The parameters of a fault that has been checked against its profile, with the defaults of those left out.
package struct FaultSettings: Sendable {
    private let values: [String: Double]

    package init(_ step: FaultStep, _ profile: FaultProfile) {
        var values = step.parameters
        for parameter in profile.parameters where values[parameter.name] == nil {
            values[parameter.name] = parameter.default
        }
        self.values = values
    }

    /// Traps on a name that the profile does not have: the fault and its profile are one file.
    package subscript(_ name: String) -> Double {
        guard let value = values[name] else { preconditionFailure("the fault's profile has no parameter '\(name)'") }
        return value
    }

    package func integer(_ name: String) -> Int { Int(self[name].rounded()) }
    package func flag(_ name: String) -> Bool { self[name] != 0 }
}

extension FaultProfile {
    /// A fault of the proxy: it also takes `share`.
    package static func proxy(
        _ name: String, _ purpose: String, _ parameters: [Parameter] = [], needsPlain: Bool = false, lasts: Bool = true
    ) -> FaultProfile {
        FaultProfile(
            name, purpose: purpose, parameters: parameters + [.share], needsPlain: needsPlain, lasts: lasts)
    }
}

extension FaultProfile.Parameter {
    /// The share of connections that the fault touches; which they are follows from the seed.
    package static let share = Self("share", unit: "", default: 1, in: 0...1)

    /// 1 for yes, 0 for no.
    package static func flag(_ name: String, _ value: Bool) -> Self {
        Self(name, unit: "", default: value ? 1 : 0, in: 0...1, isWhole: true)
    }

    package static func bytes(_ value: Double, in range: ClosedRange<Double>) -> Self {
        Self("bytes", unit: "bytes", default: value, in: range, isWhole: true)
    }

    package static func milliseconds(_ value: Double, named name: String = "milliseconds") -> Self {
        Self(name, unit: "ms", default: value, in: 0...60_000)
    }
}
