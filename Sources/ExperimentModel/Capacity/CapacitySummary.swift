/// What a trial of the study of capacity observed, by what its goal asks for: one of the three parts.
public struct CapacitySummary: Codable, Hashable, Sendable {
    /// Whether server and load client had processors of their own.
    public var isPinned: Bool
    public var delivery: Delivery?
    public var systemCalls: SystemCalls?
    public var holding: Holding?

    public init(isPinned: Bool) { self.isPinned = isPinned }

    /// A schedule that the server published by itself; all that was due arrived.
    public struct Delivery: Codable, Hashable, Sendable {
        public var published: Int64
        /// Updates times their subscribers.
        public var delivered: Int64
        /// From the first intended publication until all was delivered.
        public var seconds: Double
        /// Processor time of the server in that time, its publisher's too.
        public var cpuUserSeconds: Double
        public var cpuSystemSeconds: Double
        /// As the load client received them, without what came when a stream opened.
        public var bytesPerUpdate: Double
        /// Processor time of the load client over the time from the first update to the last.
        public var clientBusy: Double
        /// Processors that programs besides the trial's kept busy.
        public var othersBusy: Double
        public var latencyP99Nanoseconds: Int64?

        public init(
            published: Int64, delivered: Int64, seconds: Double, cpuUserSeconds: Double, cpuSystemSeconds: Double,
            bytesPerUpdate: Double, clientBusy: Double, othersBusy: Double, latencyP99Nanoseconds: Int64? = nil
        ) {
            self.published = published
            self.delivered = delivered
            self.seconds = seconds
            self.cpuUserSeconds = cpuUserSeconds
            self.cpuSystemSeconds = cpuSystemSeconds
            self.bytesPerUpdate = bytesPerUpdate
            self.clientBusy = clientBusy
            self.othersBusy = othersBusy
            self.latencyP99Nanoseconds = latencyP99Nanoseconds
        }

        public var cpuSeconds: Double { cpuUserSeconds + cpuSystemSeconds }
    }

    /// Of the server, in the steady state.
    public struct SystemCalls: Codable, Hashable, Sendable {
        /// That were delivered meanwhile.
        public var updates: Int64
        /// By the names of the calls.
        public var calls: [String: Int64]

        public init(updates: Int64, calls: [String: Int64]) {
            self.updates = updates
            self.calls = calls
        }
    }

    /// Connections that were held, and closed. Memory is what is private to the servers.
    public struct Holding: Codable, Hashable, Sendable {
        public var connections: Int
        /// Servers, and as many load clients, that they were spread over.
        public var processes: Int
        public var beforeBytes: Int64
        public var rounds: [Round]

        public struct Round: Codable, Hashable, Sendable {
            /// By the servers' descriptors.
            public var held: Int
            public var lost: Int
            /// Descriptors of the servers that were not given back.
            public var leftDescriptors: Int
            public var heldBytes: Int64
            public var afterBytes: Int64

            public init(held: Int, lost: Int, leftDescriptors: Int, heldBytes: Int64, afterBytes: Int64) {
                self.held = held
                self.lost = lost
                self.leftDescriptors = leftDescriptors
                self.heldBytes = heldBytes
                self.afterBytes = afterBytes
            }
        }

        public init(connections: Int, processes: Int, beforeBytes: Int64, rounds: [Round]) {
            self.connections = connections
            self.processes = processes
            self.beforeBytes = beforeBytes
            self.rounds = rounds
        }

        /// What the connections took in the first round.
        public var grownBytes: Int64 { (rounds.first?.heldBytes ?? beforeBytes) - beforeBytes }
        /// The part of the growth that came back after the last round; nil where memory did not grow.
        public var returned: Double? {
            guard grownBytes > 0 else { return nil }
            return 1 - Double((rounds.last?.afterBytes ?? beforeBytes) - beforeBytes) / Double(grownBytes)
        }
    }

    /// In the figure's unit; nil where the trial measured another, and not finite where the counts make no figure.
    public func value(of figure: CapacityGoal.Figure) -> Double? {
        switch figure {
        case .updatesPerSecond: delivery.map { Double($0.delivered) / $0.seconds }
        case .cpuPerUpdate: delivery.map { $0.cpuSeconds * 1e6 / Double($0.delivered) }
        case .latencyP99: delivery?.latencyP99Nanoseconds.map { Double($0) / 1e6 }
        case .epollCtlPerUpdate: systemCalls.map { Double($0.calls["epoll_ctl"] ?? 0) / Double($0.updates) }
        case .memoryPerConnection: holding.map { Double($0.grownBytes) / 1024 / Double($0.connections) }
        case .memoryReturned: holding?.returned
        }
    }
}
