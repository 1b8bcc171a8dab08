public import ExperimentModel

/// What a load generator measured over its window.
public struct LoadResult: Codable, Sendable {
    public var connections: Int
    /// From the first connection's start to the last one's readiness.
    public var connectSeconds: Double
    public var measuredSeconds: Double
    /// RFC 3339: when the window began.
    public var windowStartedAt: String
    public var latency: Observation.Latency
    public var timeToFirstEvent: LatencySummary
    public var staleness: StalenessSummary?
    /// Nil where no order has two subscribers, or no update reached all of them.
    public var fanOutSkew: LatencySummary?
    public var ledger: LedgerSummary
    public var resources: ProcessResources
    /// The part of the window that the busiest thread spent on a processor, 0 to 1.
    public var busyFraction: Double
    public var publishing: Publishing
    public var traffic: Traffic
    public var slowReaders: SlowReaders
    /// Connections that ended while they should have been held.
    public var disconnections: Int
    /// The cause of the first of them.
    public var firstDisconnection: String?
    /// Deliveries before their time of publication: two clocks were compared, and the latencies are worthless.
    public var negativeLatencies: Int64
    /// Deliveries that nobody here published, or whose payload has no time of publication.
    public var unknownUpdates: Int64
    public var heartbeats: Int64
    /// Nil where the deliveries were not checked.
    public var fairnessDigest: String?

    public init(
        connections: Int, connectSeconds: Double, measuredSeconds: Double, windowStartedAt: String,
        latency: Observation.Latency, timeToFirstEvent: LatencySummary, staleness: StalenessSummary? = nil,
        fanOutSkew: LatencySummary? = nil, ledger: LedgerSummary, resources: ProcessResources, busyFraction: Double,
        publishing: Publishing, traffic: Traffic, slowReaders: SlowReaders, disconnections: Int,
        firstDisconnection: String? = nil, negativeLatencies: Int64, unknownUpdates: Int64, heartbeats: Int64,
        fairnessDigest: String? = nil
    ) {
        self.connections = connections
        self.connectSeconds = connectSeconds
        self.measuredSeconds = measuredSeconds
        self.windowStartedAt = windowStartedAt
        self.latency = latency
        self.timeToFirstEvent = timeToFirstEvent
        self.staleness = staleness
        self.fanOutSkew = fanOutSkew
        self.ledger = ledger
        self.resources = resources
        self.busyFraction = busyFraction
        self.publishing = publishing
        self.traffic = traffic
        self.slowReaders = slowReaders
        self.disconnections = disconnections
        self.firstDisconnection = firstDisconnection
        self.negativeLatencies = negativeLatencies
        self.unknownUpdates = unknownUpdates
        self.heartbeats = heartbeats
        self.fairnessDigest = fairnessDigest
    }

    public struct Publishing: Codable, Hashable, Sendable {
        /// Updates within the window.
        public var updates: Int64
        /// 99th percentile of how late the publisher was against its schedule; nil where it is another process.
        public var latenessP99Nanoseconds: Int64?
        /// Publications that the server refused, warm-up included.
        public var refused: Int64
        /// What the server, or the network, said of the first of them.
        public var firstRefusal: String?
        /// Without an answer at the end.
        public var unanswered: Int64

        public init(
            updates: Int64, latenessP99Nanoseconds: Int64? = nil, refused: Int64 = 0, firstRefusal: String? = nil,
            unanswered: Int64 = 0
        ) {
            self.updates = updates
            self.latenessP99Nanoseconds = latenessP99Nanoseconds
            self.refused = refused
            self.firstRefusal = firstRefusal
            self.unanswered = unanswered
        }
    }

    /// Within the window, subscribers' connections alone.
    public struct Traffic: Codable, Hashable, Sendable {
        /// Without TCP and IP headers; nil where the kernel did not say, as in process.
        public var bytesReceived: Int64?
        public var bytesSent: Int64?
        /// Connects of a stream, and polls.
        public var requests: Int64
        /// Requests that read an order's state, as a server without a log would ask its system of record.
        public var stateReads: Int64

        public init(bytesReceived: Int64?, bytesSent: Int64?, requests: Int64, stateReads: Int64) {
            self.bytesReceived = bytesReceived
            self.bytesSent = bytesSent
            self.requests = requests
            self.stateReads = stateReads
        }
    }

    /// Those that stopped to read; they count in no latency and in no other figure of the ledger.
    public struct SlowReaders: Codable, Hashable, Sendable {
        public var count: Int
        /// Ended by the server.
        public var cut: Int
        public var positionsLost: Int64

        public init(count: Int, cut: Int, positionsLost: Int64) {
            self.count = count
            self.cut = cut
            self.positionsLost = positionsLost
        }
    }
}
