/// The faults of a trial: steps over time, under a name.
public struct FaultPlan: Codable, Hashable, Sendable {
    public var name: String
    /// In ascending order of `at`.
    public var steps: [FaultStep]

    public init(name: String, steps: [FaultStep]) {
        self.name = name
        self.steps = steps
    }

    /// The seconds from the plan's start until everything is repaired.
    public var repairedAfter: Double { steps.map { $0.at + ($0.for ?? 0) }.max() ?? 0 }
}

/// One fault with its beginning and duration.
public struct FaultStep: Codable, Hashable, Sendable {
    /// The name of a registered fault.
    public var fault: String
    /// Seconds from the plan's start.
    public var at: Double
    /// The seconds until it is repaired; nil for a fault that is over at once, such as a cut.
    public var `for`: Double?
    /// By the names in the fault's profile. A parameter that is omitted has its default.
    public var parameters: [String: Double]

    public init(_ fault: String, at: Double = 0, for seconds: Double? = nil, parameters: [String: Double] = [:]) {
        self.fault = fault
        self.at = at
        self.for = seconds
        self.parameters = parameters
    }
}
