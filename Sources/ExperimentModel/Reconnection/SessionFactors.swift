/// The levels that are crossed of each; nil where a factor is not given.
public struct SessionFactors: Hashable, Sendable {
    public var client: [String]?
    public var recovery: [String]?
    public var fault: [FaultPlan]?
    public var path: [String]?
    public var durability: [String]?
    /// A nil among them is no limit.
    public var pace: [Double?]?

    public init(
        client: [String]? = nil, recovery: [String]? = nil, fault: [FaultPlan]? = nil, path: [String]? = nil,
        durability: [String]? = nil, pace: [Double?]? = nil
    ) {
        self.client = client
        self.recovery = recovery
        self.fault = fault
        self.path = path
        self.durability = durability
        self.pace = pace
    }

    /// The names of the factors, as they stand in files.
    static let keys = ["client", "recovery", "fault", "path", "durability", "pace"]

    /// Every combination, where what is not given here is taken from `base`; one without levels where nothing is given.
    func crossed(over base: Self) -> [SessionLevels?] {
        guard self != Self() || base != Self() else { return [nil] }
        var all = [SessionLevels()]
        func cross<Level>(_ levels: [Level]?, _ path: WritableKeyPath<SessionLevels, Level?>) {
            guard let levels else { return }
            all = all.flatMap { one in
                levels.map { level in
                    var other = one
                    other[keyPath: path] = level
                    return other
                }
            }
        }
        cross(client ?? base.client, \.client)
        cross(recovery ?? base.recovery, \.recovery)
        cross(fault ?? base.fault, \.fault)
        cross(path ?? base.path, \.path)
        cross(durability ?? base.durability, \.durability)
        if let levels = pace ?? base.pace {
            all = all.flatMap { one in
                levels.map { level in
                    var other = one
                    other.pace = level
                    return other
                }
            }
        }
        return all
    }

    /// Whether the levels hold one of the values of each factor that is given here.
    func match(_ levels: SessionLevels?) -> Bool {
        func holds<Level: Equatable>(_ values: [Level]?, _ level: Level?) -> Bool {
            values.map { values in level.map(values.contains) ?? false } ?? true
        }
        return holds(client, levels?.client) && holds(recovery, levels?.recovery) && holds(fault, levels?.fault)
            && holds(path, levels?.path) && holds(durability, levels?.durability)
            && (pace.map { $0.contains(levels?.pace) } ?? true)
    }
}
