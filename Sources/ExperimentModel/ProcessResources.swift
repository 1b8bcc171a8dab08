/// The CPU time of one process, or of several together, over the measuring window, and the memory at its ends.
public struct ProcessResources: Codable, Hashable, Sendable {
    public var cpuUserSeconds: Double
    public var cpuSystemSeconds: Double
    /// Before the first connection.
    public var before: Memory?
    /// With all connections held, at the end of the measuring window.
    public var held: Memory?
    /// After the last connection was closed: memory that was not returned.
    public var after: Memory?
    /// How often a thread left the processor within the measuring window because it waited; nil where it was not
    /// read.
    public var voluntarySwitches: Int64?
    /// The same, because another thread was scheduled.
    public var involuntarySwitches: Int64?

    public struct Memory: Codable, Hashable, Sendable {
        public var rssBytes: Int64
        /// Resident memory with each shared page divided among its processes; nil where it could not be read.
        public var pssBytes: Int64?
        /// Resident pages that no other process shares, mostly heap and stacks; nil where they could not be read.
        public var privateBytes: Int64?
        public var descriptors: Int?

        public init(rssBytes: Int64, pssBytes: Int64? = nil, privateBytes: Int64? = nil, descriptors: Int? = nil) {
            self.rssBytes = rssBytes
            self.pssBytes = pssBytes
            self.privateBytes = privateBytes
            self.descriptors = descriptors
        }
    }

    public init(
        cpuUserSeconds: Double, cpuSystemSeconds: Double, before: Memory? = nil, held: Memory? = nil,
        after: Memory? = nil, voluntarySwitches: Int64? = nil, involuntarySwitches: Int64? = nil
    ) {
        self.cpuUserSeconds = cpuUserSeconds
        self.cpuSystemSeconds = cpuSystemSeconds
        self.before = before
        self.held = held
        self.after = after
        self.voluntarySwitches = voluntarySwitches
        self.involuntarySwitches = involuntarySwitches
    }

    /// User and kernel time together.
    public var cpuSeconds: Double { cpuUserSeconds + cpuSystemSeconds }
}
