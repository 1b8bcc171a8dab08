extension OrderEventHub {
    /// The bounds of a hub's memory.
    public struct Configuration: Sendable {
        /// Events that are kept for each order; at least 1.
        public var history: Int
        public var maximumOrders: Int
        /// Bytes of one encoded update.
        public var maximumUpdateBytes: Int
        /// How long a terminal order stays that no loop watches.
        public var terminalRetention: Duration
        /// Bytes of updates that may wait for the journal, where there is one.
        public var journalBacklog: Int

        public init(
            history: Int = 256, maximumOrders: Int = 1_000_000, maximumUpdateBytes: Int = 64 * 1024,
            terminalRetention: Duration = .seconds(300), journalBacklog: Int = 64 * 1024 * 1024
        ) {
            self.history = history
            self.maximumOrders = maximumOrders
            self.maximumUpdateBytes = maximumUpdateBytes
            self.terminalRetention = terminalRetention
            self.journalBacklog = journalBacklog
        }
    }

    /// How much a hub holds, and what it has done.
    public struct Statistics: Hashable, Sendable {
        /// Orders in memory now.
        public internal(set) var orders = 0
        /// Events in memory now, over all orders.
        public internal(set) var eventsKept = 0
        /// Events logged since the start, the first event of each order included.
        public internal(set) var published = 0
        /// Orders evicted since the start.
        public internal(set) var evicted = 0
    }
}
