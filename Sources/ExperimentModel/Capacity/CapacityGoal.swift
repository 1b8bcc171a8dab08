/// What is measured of a cell in the study of capacity, and what is wanted of it.
public struct CapacityGoal: Codable, Hashable, Sendable {
    public var figure: Figure
    /// In the figure's unit; a factor where `of` names what the figure is divided by. One of the two bounds is nil.
    public var atLeast: Double?
    public var atMost: Double?
    /// What the figure is held against; nil where it stands for itself.
    public var of: Reference?

    public enum Figure: String, Codable, Hashable, Sendable, CaseIterable {
        /// Delivered in a second, where each update is published once the one before it has been delivered.
        case updatesPerSecond = "updates-per-second"
        /// Microseconds of the server's processor time for each delivered update, at a rate.
        case cpuPerUpdate = "cpu-per-update"
        /// Milliseconds from the intended time of publication, at a rate.
        case latencyP99 = "latency-p99"
        /// Calls of `epoll_ctl` for each delivered update in the steady state, at a rate.
        case epollCtlPerUpdate = "epoll-ctl-per-update"
        /// KiB of the server's private memory for each connection that is held.
        case memoryPerConnection = "memory-per-connection"
        /// The part, 0 to 1, of what many connections took of memory that comes back after they were held and closed twice.
        case memoryReturned = "memory-returned"

        /// Whether it is measured at the load's rate.
        var hasRate: Bool { [.cpuPerUpdate, .latencyP99, .epollCtlPerUpdate].contains(self) }
        /// Whether connections that one process may not hold are spread over several.
        package var spreadsConnections: Bool { self == .memoryReturned }

        public var unit: String {
            switch self {
            case .updatesPerSecond: "updates/s"
            case .cpuPerUpdate: "µs"
            case .latencyP99: "ms"
            case .epollCtlPerUpdate: "calls"
            case .memoryPerConnection: "KiB"
            case .memoryReturned: ""
            }
        }
    }

    public enum Reference: String, Codable, Hashable, Sendable, CaseIterable {
        /// The same work, done by the floor.
        case floor
        /// The same server with one loop.
        case oneLoop = "one-loop"
    }

    public init(_ figure: Figure, atLeast: Double? = nil, atMost: Double? = nil, of reference: Reference? = nil) {
        self.figure = figure
        self.atLeast = atLeast
        self.atMost = atMost
        of = reference
    }

    public func isMet(by value: Double) -> Bool {
        value >= atLeast ?? -.infinity && value <= atMost ?? .infinity
    }
}

/// A goal, and the cells that have it.
public struct CapacityGoalSelection: Hashable, Sendable {
    public var when: FactorLevels
    public var goal: CapacityGoal
}

extension Cell {
    /// The row of a report on capacity that it belongs to, with its floor and with other numbers of loops: `fan-out-1 sse`.
    public var capacityRow: String { "\(load.name) \(transport)\(tls ? " tls" : "")" }
}
