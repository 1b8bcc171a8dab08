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
    /// The part in which the thread that asked for most was on a processor or waited for one, 0 to 1.
    public var demandFraction: Double?
    /// What the process used of all processors that it may run on, 0 to 1.
    public var processFraction: Double?
    public var publishing: Publishing
    public var traffic: Traffic
    public var slowReaders: SlowReaderSummary
    /// Connections that ended while they should have been held.
    public var disconnections: Int
    /// The cause of the first of them.
    public var firstDisconnection: String?
    /// Deliveries before their time of publication: two clocks were compared, and the latencies are worthless.
    public var negativeLatencies: Int64
    /// Deliveries that nobody here published, or whose payload has no time of publication.
    public var unknownUpdates: Int64
    /// Deliveries of any time and any subscriber, those that are unknown included.
    public var receivedUpdates: Int64?
    /// Deliveries whose number lies so far ahead of the others that what lies between cannot be noted; nil where there was none.
    public var numberJumps: Int64?
    /// Connections without one update, where others publish and so nobody knows what they are owed; nil where there was none.
    public var silentConnections: Int?
    /// Which clocks the latency compares, where it is not one; nil where the generator published.
    public var clock: String?
    /// Within the window.
    public var heartbeats: Int64
    /// Nil where the deliveries were not checked.
    public var fairnessDigest: String?

    public init(
        connections: Int, connectSeconds: Double, measuredSeconds: Double, windowStartedAt: String,
        latency: Observation.Latency, timeToFirstEvent: LatencySummary, staleness: StalenessSummary? = nil,
        fanOutSkew: LatencySummary? = nil, ledger: LedgerSummary, resources: ProcessResources, busyFraction: Double,
        publishing: Publishing, traffic: Traffic, slowReaders: SlowReaderSummary, disconnections: Int,
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
        /// Updates that were due within the window.
        public var updates: Int64
        /// Those of them that the server refused, and so are not owed; nil where there was none.
        public var refusedUpdates: Int64?
        /// Those of them that are owed though no answer tells whether they were published; nil where there was none.
        public var unconfirmedUpdates: Int64?
        /// 99th percentile of the time from when an update was due to when its request was written; nil where another
        /// process publishes.
        public var latenessP99Nanoseconds: Int64?
        /// Publications that the server refused, warm-up included.
        public var refused: Int64
        /// What the server, or the network, said of the first of them.
        public var firstRefusal: String?
        /// The status of that answer; nil where none came.
        public var firstRefusalStatus: Int?
        /// Without an answer at the end.
        public var unanswered: Int64

        public init(
            updates: Int64, latenessP99Nanoseconds: Int64? = nil, refused: Int64 = 0, firstRefusal: String? = nil,
            firstRefusalStatus: Int? = nil, unanswered: Int64 = 0
        ) {
            self.updates = updates
            self.latenessP99Nanoseconds = latenessP99Nanoseconds
            self.refused = refused
            self.firstRefusal = firstRefusal
            self.firstRefusalStatus = firstRefusalStatus
            self.unanswered = unanswered
        }

        /// What there is to say of those that were refused; nil where none was.
        package var refusals: String? {
            guard refused > 0 else { return nil }
            return "\(refused) publications were refused or not answered, warm-up included; the first: "
                + (firstRefusal ?? "no cause was given")
        }
    }

    /// Within the window, subscribers' connections alone.
    public struct Traffic: Codable, Hashable, Sendable {
        /// Without TCP and IP headers; nil where the kernel did not say, as in process, or where connections ended, since
        /// what they had carried is gone with them.
        public var bytesReceived: Int64?
        public var bytesSent: Int64?
        /// Polls, answered one by one. A stream is opened before the window, and asks for nothing within it.
        public var requests: Int64
        /// A model, not a count: one read of the order's state for each request of a transport that asks at an interval,
        /// as a server without a log would ask its system of record; 0 for all others.
        public var stateReads: Int64
        /// Distinct updates that arrived within the window, whenever they were due: what the other figures bought.
        public var deliveries: Int64?

        public init(
            bytesReceived: Int64?, bytesSent: Int64?, requests: Int64, stateReads: Int64, deliveries: Int64? = nil
        ) {
            self.bytesReceived = bytesReceived
            self.bytesSent = bytesSent
            self.requests = requests
            self.stateReads = stateReads
            self.deliveries = deliveries
        }
    }
}
