public import ExperimentModel

/// The measurements of a load generator over its window.
public struct LoadResult: Codable, Sendable {
    public var connections: Int
    /// The time from the start of the first connection until all were ready.
    public var connectSeconds: Double
    public var measuredSeconds: Double
    /// When the window began (RFC 3339).
    public var windowStartedAt: String
    public var latency: Observation.Latency
    public var timeToFirstEvent: LatencySummary
    public var staleness: StalenessSummary?
    /// Nil if no order has two subscribers, or no update reached all of them.
    public var fanOutSkew: LatencySummary?
    public var ledger: LedgerSummary
    public var resources: ProcessResources
    /// The share of the window that the busiest thread spent on a processor, 0 to 1.
    public var busyFraction: Double
    /// The share in which one of its threads was on a processor or waited for one, 0 to 1.
    public var demandFraction: Double?
    /// The share of all its allowed processors that the process used, 0 to 1.
    public var processFraction: Double?
    public var publishing: Publishing
    public var traffic: Traffic
    public var slowReaders: SlowReaderSummary
    /// Connections that ended too early.
    public var disconnections: Int
    /// The cause of the first disconnection.
    public var firstDisconnection: String?
    /// Deliveries before their time of publication. The two clocks differ, so the latencies are wrong.
    public var negativeLatencies: Int64
    /// Deliveries that this load did not publish, or whose payload has no time of publication.
    public var unknownUpdates: Int64
    /// All deliveries to all subscribers, unknown ones included.
    public var receivedUpdates: Int64?
    /// Deliveries whose number is too far ahead of the others for the gap to be recorded; nil if there were none.
    public var numberJumps: Int64?
    /// Connections without any update in a load that others publish, of which nobody knows what they are owed; nil if
    /// there were none.
    public var silentConnections: Int?
    /// The clocks that the latency compares, if they are two; nil if the generator published.
    public var clock: String?
    /// Received within the window.
    public var heartbeats: Int64
    /// Nil if the bytes of the updates were not checked.
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
        /// Updates of the window that the server refused, which are therefore not owed; nil if there were none.
        public var refusedUpdates: Int64?
        /// Updates of the window that are owed although no answer confirmed them; nil if there were none.
        public var unconfirmedUpdates: Int64?
        /// The 99th percentile of the time from when an update was due until its request was written; nil if another
        /// process published.
        public var latenessP99Nanoseconds: Int64?
        /// Publications that the server refused, warm-up included.
        public var refused: Int64
        /// The cause of the first refusal, from the server or the network.
        public var firstRefusal: String?
        /// The status of the first refusal; nil if there was no answer.
        public var firstRefusalStatus: Int?
        /// Publications without an answer at the end.
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

        /// Describes the refused publications; nil if there were none.
        package var refusals: String? {
            guard refused > 0 else { return nil }
            return "\(refused) publications were refused or not answered, warm-up included; the first: "
                + (firstRefusal ?? "no cause was given")
        }
    }

    /// The traffic of the subscribers' connections within the window.
    public struct Traffic: Codable, Hashable, Sendable {
        /// Without TCP and IP headers. Nil if the kernel does not count it, as in process, or if a connection ended:
        /// the kernel's counters end with it.
        public var bytesReceived: Int64?
        public var bytesSent: Int64?
        /// Polls that were answered. A stream is opened before the window and sends no requests in it.
        public var requests: Int64
        /// A model, not a count: each request of a transport that polls at an interval is taken to read the order's
        /// state once, as a server without a log would read its system of record; 0 for other transports.
        public var stateReads: Int64
        /// Distinct updates that arrived within the window, whenever they were due. The costs of the window are divided
        /// by it.
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
