/// What clients can tell of a failure: `legibility.json` in the result folder, written where browsers were tried.
public struct LegibilityRecord: Codable, Sendable, Hashable {
    public struct Row: Codable, Sendable, Hashable {
        /// What happened: `expired`, `forbidden`.
        public var cause: String
        /// The client's interface: `EventSource`.
        public var client: String
        /// Nil where the client is no browser.
        public var browser: String?
        /// All that the client could see.
        public var signal: String

        public init(cause: String, client: String, browser: String?, signal: String) {
            self.cause = cause
            self.client = client
            self.browser = browser
            self.signal = signal
        }
    }

    public var rows: [Row]
    /// The information that a client's signals carry about the cause, by client, in the first browser.
    public var bits: [String: Double]?
    /// Of each browser; nil where there is one at most.
    public var bitsByBrowser: [String: [String: Double]]?
    /// The bits that there are to tell.
    public var mostBits: Double?
    /// How the bits were computed.
    public var formula: String?
    /// By browser, client and cause: the share of each cause that the signal could be of.
    public var confusion: [String: [String: [String: [String: Double]]]]?

    public init(
        rows: [Row], bits: [String: Double]?, bitsByBrowser: [String: [String: Double]]? = nil, mostBits: Double? = nil,
        formula: String? = nil,
        confusion: [String: [String: [String: [String: Double]]]]? = nil
    ) {
        self.rows = rows
        self.bits = bits
        self.bitsByBrowser = bitsByBrowser
        self.mostBits = mostBits
        self.formula = formula
        self.confusion = confusion
    }
}
