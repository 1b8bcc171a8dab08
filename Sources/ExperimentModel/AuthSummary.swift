/// What a trial observed of an auth scheme on a transport: a vector, never one score. A part is nil where it was not
/// measured.
public struct AuthSummary: Codable, Hashable, Sendable {
    /// The exchanges from having a token to the first authorised update.
    public var exchanges: [Exchange]?
    /// Where a credential was found that had been planted.
    public var exposure: [LeakSite]?
    /// What a peer without a credential can hold of the server, by how it begins.
    public var preAuth: [PreAuth]?
    /// The time from the end of a credential to the last update that it still let through.
    public var enforcement: [Enforcement]?
    /// What happens to a stream when its credential is replaced by a later one.
    public var renewal: [Renewal]?
    public var attacks: [Attack]?
    public var cpu: [CPU]?
    /// Which clients can use the scheme on the transport without additions, among those that can use the transport.
    public var reach: [Reach]?
    /// Parts that could not be measured here, and why.
    public var omissions: [Omission]?

    /// The names of the parts, as in an experiment's `probes`.
    public static let measures = [
        "exchanges", "exposure", "pre-auth", "enforcement", "renewal", "attacks", "reach", "cpu",
    ]

    public init() {}

    public struct Exchange: Codable, Hashable, Sendable {
        /// `connect`, `reconnect`, `renewal`.
        public var step: String
        public var requests: Int
        public var roundTrips: Int
        public var bytesSent: Int
        public var bytesReceived: Int

        public init(step: String, requests: Int, roundTrips: Int, bytesSent: Int, bytesReceived: Int) {
            self.step = step
            self.requests = requests
            self.roundTrips = roundTrips
            self.bytesSent = bytesSent
            self.bytesReceived = bytesReceived
        }
    }

    public struct LeakSite: Codable, Hashable, Sendable {
        /// `server log`, `proxy access log`, `error body`, …
        public var name: String
        public var isFound: Bool
        /// How long the credential was still valid when it was found; nil where it was not found.
        public var secondsLeft: Double?
        /// Whether somebody who finds it can use it.
        public var isReusable: Bool?

        public init(name: String, isFound: Bool, secondsLeft: Double? = nil, isReusable: Bool? = nil) {
            self.name = name
            self.isFound = isFound
            self.secondsLeft = secondsLeft
            self.isReusable = isReusable
        }
    }

    public struct PreAuth: Codable, Hashable, Sendable {
        /// `idle TCP`, `idle TLS`, `half a header`, `silent WebSocket`.
        public var kind: String
        /// User memory of the server for one connection without a credential.
        public var bytes: Int
        public var descriptors: Int
        /// The time until the server ends the connection.
        public var seconds: Double
        /// The limit that stops more of them.
        public var limit: String

        public init(kind: String, bytes: Int, descriptors: Int, seconds: Double, limit: String) {
            self.kind = kind
            self.bytes = bytes
            self.descriptors = descriptors
            self.seconds = seconds
            self.limit = limit
        }
    }

    public struct Enforcement: Codable, Hashable, Sendable {
        /// `expiry`, `revocation`, `logout`, `key removal`.
        public var cause: String
        public var streams: Int
        /// Milliseconds from the cause to the last update, or to the end of the stream where no update came after it.
        public var p50: Double
        public var p99: Double
        public var maximum: Double
        /// Streams that were still open after the maximum time.
        public var survivors: Int
        /// Milliseconds from the cause to the last update that any stream still got; 0 where none got one. Nil where
        /// it was not measured.
        public var lastUpdate: Double?
        /// How many processors the measuring client used meanwhile. Near 1, part of the time is the client's own. Nil
        /// where it was not read.
        public var clientBusy: Double?

        public init(
            cause: String, streams: Int, p50: Double, p99: Double, maximum: Double, survivors: Int,
            lastUpdate: Double? = nil, clientBusy: Double? = nil
        ) {
            self.cause = cause
            self.streams = streams
            self.p50 = p50
            self.p99 = p99
            self.maximum = maximum
            self.survivors = survivors
            self.lastUpdate = lastUpdate
            self.clientBusy = clientBusy
        }
    }

    public struct Renewal: Codable, Hashable, Sendable {
        /// `reconnect`, `in band`, `side request`.
        public var way: String
        /// Milliseconds without a stream.
        public var gapMilliseconds: Double
        public var replayed: Int
        public var duplicated: Int
        public var lost: Int
        public var reconnects: Int

        public init(
            way: String, gapMilliseconds: Double, replayed: Int, duplicated: Int, lost: Int, reconnects: Int
        ) {
            self.way = way
            self.gapMilliseconds = gapMilliseconds
            self.replayed = replayed
            self.duplicated = duplicated
            self.lost = lost
            self.reconnects = reconnects
        }
    }

    public struct Attack: Codable, Hashable, Sendable {
        public var name: String
        /// `token`, `key`, `claims`, `duplication`, `size`, `ownership`, `ticket`, `origin`, `subprotocol`, `first
        /// message`, `scope`, `life`, `injection`, `compression`, `mtls`; and `control` for a good request, which
        /// must pass.
        public var category: String
        /// The expected answer: a status, a close reason.
        public var expected: String
        public var observed: String
        public var isRepelled: Bool

        public init(name: String, category: String, expected: String, observed: String, isRepelled: Bool) {
            self.name = name
            self.category = category
            self.expected = expected
            self.observed = observed
            self.isRepelled = isRepelled
        }
    }

    public struct CPU: Codable, Hashable, Sendable {
        /// `verification`, `handshake`, `handshake without a credential`, `1000 reconnects a second`.
        public var work: String
        /// The algorithm of the signature; nil where there is none.
        public var algorithm: String?
        /// Processor time for one piece of work.
        public var microseconds: Double
        /// The ratio to the same work without it; nil where there is nothing to compare.
        public var ratio: Double?

        public init(work: String, algorithm: String? = nil, microseconds: Double, ratio: Double? = nil) {
            self.work = work
            self.algorithm = algorithm
            self.microseconds = microseconds
            self.ratio = ratio
        }
    }

    public struct Reach: Codable, Hashable, Sendable {
        /// `EventSource`, `WebSocket`, `fetch`, `curl`, `URLSession`.
        public var client: String
        public var isUsable: Bool

        public init(client: String, isUsable: Bool) {
            self.client = client
            self.isUsable = isUsable
        }
    }

    public struct Omission: Codable, Hashable, Sendable {
        /// The name of a measure.
        public var part: String
        /// One sentence.
        public var reason: String

        public init(part: String, reason: String) {
            self.part = part
            self.reason = reason
        }
    }
}
