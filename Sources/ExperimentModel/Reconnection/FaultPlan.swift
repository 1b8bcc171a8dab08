/// What goes wrong in a trial, and when: steps over time, under a name.
public struct FaultPlan: Codable, Hashable, Sendable {
    public var name: String
    /// By rising `at`.
    public var steps: [FaultStep]

    public init(name: String, steps: [FaultStep]) {
        self.name = name
        self.steps = steps
    }

    /// Seconds from the plan's start until everything is repaired.
    public var repairedAfter: Double { steps.map { $0.at + ($0.for ?? 0) }.max() ?? 0 }
}

/// One fault, from when to when.
public struct FaultStep: Codable, Hashable, Sendable {
    /// The name of a registered fault.
    public var fault: String
    /// Seconds from the plan's start.
    public var at: Double
    /// Seconds until it is repaired; nil for a fault that is over at once, such as a cut.
    public var `for`: Double?
    /// By the names that the fault's profile gives; what is left out has its default.
    public var parameters: [String: Double]

    public init(_ fault: String, at: Double = 0, for seconds: Double? = nil, parameters: [String: Double] = [:]) {
        self.fault = fault
        self.at = at
        self.for = seconds
        self.parameters = parameters
    }
}
