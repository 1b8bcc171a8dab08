/// What a trial cost.
public struct ResourceSummary: Codable, Hashable, Sendable {
    public var server: ProcessResources?
    /// All processes of the load generator together.
    public var load: ProcessResources?
    public var kernel: KernelMemory?
    public var traffic: Traffic?
    /// Nil where the kernel did not allow counting them.
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

    /// The server's system calls in the warm-up, from the first update to the beginning of the window.
    public struct SystemCalls: Codable, Hashable, Sendable {
        public var count: Int64
        /// Distinct updates that arrived in that time.
        public var deliveries: Int64

        public init(count: Int64, deliveries: Int64) {
            self.count = count
            self.deliveries = deliveries
        }
    }

    /// The socket memory of the whole host, in bytes. On loopback it includes both ends of every connection.
    public struct KernelMemory: Codable, Hashable, Sendable {
        /// Before the first connection.
        public var before: Sample
        /// With all connections held, at the end of the measuring window.
        public var held: Sample?

        public struct Sample: Codable, Hashable, Sendable {
            /// The pages of socket buffers, from `/proc/net/sockstat`.
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

    /// The traffic between subscribers and server within the measuring window.
    public struct Traffic: Codable, Hashable, Sendable {
        /// Bytes from the server to the subscribers, with framing, headers and TLS records, without TCP and IP headers.
        public var wireBytesSent: Int64
        /// Bytes from the subscribers to the server, counted in the same way.
        public var wireBytesReceived: Int64
        /// The number of polls. A stream is opened before the window, and sends no request within it.
        public var requests: Int64
        /// Reads of the system of record. This is a model and not a count: a transport that polls at an interval is
        /// assumed to cause one with each request, as a server without a log would; the others none.
        public var upstreamCalls: Int64
        /// Distinct updates that arrived within the window, whenever they were due. The costs of the window are
        /// divided by this. Nil in lines of older versions.
        public var deliveries: Int64?
        /// The heartbeats that the subscribers saw within the window.
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
