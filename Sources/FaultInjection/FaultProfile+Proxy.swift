package import ExperimentModel

extension FaultProfile {
    /// A fault of the proxy. It has the parameter `share` in addition.
    package static func proxy(
        _ name: String, _ purpose: String, _ parameters: [Parameter] = [], needsPlain: Bool = false, lasts: Bool = true
    ) -> FaultProfile {
        FaultProfile(
            name, purpose: purpose, parameters: parameters + [.share], needsPlain: needsPlain, lasts: lasts)
    }
}

extension FaultProfile.Parameter {
    /// The share of connections that the fault affects. The seed decides which they are.
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
