/// How far the figures of a trial are figures of the server.
public struct MeasurementQuality: Codable, Hashable, Sendable {
    /// The share of the window that the busiest thread of the load generator spent on a processor, 0 to 1.
    public var loadBusyFraction: Double
    /// The share in which one of its threads was on a processor or waited for one, 0 to 1.
    public var loadDemandFraction: Double?
    /// The share of all its allowed processors that the load generator used, 0 to 1.
    public var loadProcessFraction: Double?
    /// Whether the load generator reached its limit before the server did. The trial is then `invalid`.
    public var saturated: Bool
    /// The client's own part of each latency, measured against a peer without sockets, in nanoseconds.
    public var clientFloorNanoseconds: Int64?
    /// The 99th percentile of the time from when an update was due to when its request was written, in nanoseconds.
    public var pacerLatenessP99Nanoseconds: Int64?
    /// Deliveries that were never published, or that have no time of publication. The trial is then `invalid`.
    public var unknownUpdates: Int64?
    public var fairness: Fairness?

    /// Whether every transport of the experiment delivered the same updates.
    public struct Fairness: Codable, Hashable, Sendable {
        public var checked: Bool
        /// A digest of the delivered updates, equal for comparable cells; nil where it was not checked.
        public var digest: String?

        public init(checked: Bool, digest: String? = nil) {
            self.checked = checked
            self.digest = digest
        }
    }

    public init(
        loadBusyFraction: Double, saturated: Bool, clientFloorNanoseconds: Int64? = nil,
        pacerLatenessP99Nanoseconds: Int64? = nil, fairness: Fairness? = nil, loadDemandFraction: Double? = nil,
        loadProcessFraction: Double? = nil, unknownUpdates: Int64? = nil
    ) {
        self.loadBusyFraction = loadBusyFraction
        self.saturated = saturated
        self.clientFloorNanoseconds = clientFloorNanoseconds
        self.pacerLatenessP99Nanoseconds = pacerLatenessP99Nanoseconds
        self.fairness = fairness
        self.loadDemandFraction = loadDemandFraction
        self.loadProcessFraction = loadProcessFraction
        self.unknownUpdates = unknownUpdates
    }
}
