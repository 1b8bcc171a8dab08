/// What a trial cost.
public struct ResourceSummary: Codable, Hashable, Sendable {
    public var server: ProcessResources?
    /// The load generator's processes together.
    public var load: ProcessResources?
    public var kernel: KernelMemory?
    public var traffic: Traffic?
    /// Nil where the kernel did not let them be counted.
    public var systemCalls: SystemCalls?

    public init(
        server: ProcessResources? = nil, load: ProcessResources? = nil, kernel: KernelMemory? = nil,
        traffic: Traffic? = nil, systemCalls: SystemCalls? = nil
    ) {
        self.server = server
        self.load = load
        self.kernel = kernel
        self.traffic = traffic
        self.systemCalls = systemCalls
    }

    /// System calls of the server in the warm-up, from the first update to the window's begin.
    public struct SystemCalls: Codable, Hashable, Sendable {
        public var count: Int64
        /// Distinct updates that arrived meanwhile.
        public var deliveries: Int64

        public init(count: Int64, deliveries: Int64) {
            self.count = count
            self.deliveries = deliveries
        }
    }

    /// Socket memory of the whole host, in bytes: on loopback it holds both ends of every connection.
    public struct KernelMemory: Codable, Hashable, Sendable {
        /// Before the first connection.
        public var before: Sample
        /// With all connections held, at the end of the measuring window.
        public var held: Sample?

        public struct Sample: Codable, Hashable, Sendable {
            /// Pages of socket buffers, as `/proc/net/sockstat` counts them.
            public var bufferBytes: Int64
            /// Socket objects in the slab; nil where `/proc/slabinfo` may not be read.
            public var slabBytes: Int64?

            public init(bufferBytes: Int64, slabBytes: Int64? = nil) {
                self.bufferBytes = bufferBytes
                self.slabBytes = slabBytes
            }
        }

        public init(before: Sample, held: Sample? = nil) {
            self.before = before
            self.held = held
        }
    }

    /// What passed between subscribers and server within the measuring window.
    public struct Traffic: Codable, Hashable, Sendable {
        /// Bytes from the server to the subscribers, with framing, headers and TLS records, without TCP and IP headers.
        public var wireBytesSent: Int64
        /// Bytes from the subscribers to the server, counted alike.
        public var wireBytesReceived: Int64
        /// Polls. A stream is opened before the window, and asks for nothing within it.
        public var requests: Int64
        /// Reads of the system of record: a model, not a count. A transport that asks at an interval is taken to cause one
        /// with each request, as a server without a log would; the others none.
        public var upstreamCalls: Int64
        /// Distinct updates that arrived within the window, whenever they were due: what the costs of the window are
        /// divided among. Nil in lines of versions that did not count them.
        public var deliveries: Int64?
        /// That the subscribers saw within the window.
        public var heartbeats: Int64?

        public init(
            wireBytesSent: Int64, wireBytesReceived: Int64, requests: Int64, upstreamCalls: Int64,
            deliveries: Int64? = nil, heartbeats: Int64? = nil
        ) {
            self.wireBytesSent = wireBytesSent
            self.wireBytesReceived = wireBytesReceived
            self.requests = requests
            self.upstreamCalls = upstreamCalls
            self.deliveries = deliveries
            self.heartbeats = heartbeats
        }
    }
}
