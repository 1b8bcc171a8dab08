/// The settings that all server transports share. Each default is the same for every transport, so that no transport
/// wins by a setting.
public struct ServerConfiguration: Sendable {
    public var host = "127.0.0.1"
    /// 0 lets the system choose a port; `RunningServer.endpoint` has it.
    public var port = 0
    /// Whether to serve HTTP/2 without TLS on a port of its own.
    public var h2c = false
    public var h2cPort = 0
    /// Whether TLS offers HTTP/2. Without it, a native EventSource resumes, which it cannot over HTTP/2 (`Docs/Protocol.md`).
    public var http2 = true
    public var tls: TLSFiles?
    /// Event loops, each with a thread and a listener of its own.
    public var loops = 1
    public var heartbeat = Heartbeat()
    public var limits = Limits()
    public var compression = MessageCompression.off
    public var slowConsumer = SlowConsumerPolicy.positionLost
    /// How many streams a drain ends in a second, over all loops; 0 ends all at once. It goes faster where it would
    /// exceed the drain's bound.
    public var drainPace = 0
    /// Origins that a browser's page may call from, for CORS and for WebSocket; `*` allows all.
    public var allowedOrigins: [Origin] = []

    public init() {}

    public struct TLSFiles: Hashable, Sendable {
        /// PEM files.
        public var certificate: String
        public var key: String
        /// PEM file of the authorities whose client certificates are accepted; nil asks clients for none.
        public var clientAuthorities: String?
        public init(certificate: String, key: String, clientAuthorities: String? = nil) {
            self.certificate = certificate
            self.key = key
            self.clientAuthorities = clientAuthorities
        }
    }

    public struct Heartbeat: Hashable, Sendable {
        public var kind = HeartbeatKind.control
        /// Sent when nothing else was written for this long.
        public var interval: Duration = .seconds(15)
        public init(kind: HeartbeatKind = .control, interval: Duration = .seconds(15)) {
            self.kind = kind
            self.interval = interval
        }
    }

    /// Bounds on what a peer can take. `Docs/Protocol.md` lists them.
    public struct Limits: Hashable, Sendable {
        public var connections = 100_000
        /// Streams and waiting long polls of one owner.
        public var connectionsPerOwner = 10_000
        /// Streams that may open in a second, over all loops; as many may open at once. 0 for any number. Polls are
        /// not counted, because a client sends one after the other for as long as it stays.
        public var acceptRate = 0
        public var subscriptionsPerConnection = 64
        /// Bytes of a request's line and header fields.
        public var headerBytes = 8 * 1024
        /// Bytes of a request's body.
        public var bodyBytes = 1024 * 1024
        /// Bytes of one WebSocket message from a client.
        public var messageBytes = 64 * 1024
        /// WebSockets that have not presented their credential yet, with the scheme `message`.
        public var unauthenticatedSockets = 1_000
        /// Bytes of the first message, which presents the credential.
        public var firstMessageBytes = 16 * 1024
        /// The time from the upgrade to the first message. A socket is closed up to a second later, and then has
        /// another such time to answer the close.
        public var firstMessageDeadline: Duration = .seconds(5)
        /// For each step of a request's beginning: the TLS handshake, then the first byte, then the end of the
        /// header. Also for the next part of a body.
        public var headerDeadline: Duration = .seconds(10)
        /// For a whole body, even if it keeps coming.
        public var bodyDeadline: Duration = .seconds(60)
        /// Requests and streams of one HTTP/2 connection at a time.
        public var http2Streams = 100
        /// Bytes that may wait for one reader in this process. The kernel buffers another quarter of them.
        public var pendingBytes = 1024 * 1024
        /// How long a reader may take nothing of what waits for it, leave a ping unanswered, or acknowledge nothing
        /// (its system), before it is cut off.
        public var stalledReader: Duration = .seconds(60)
        /// The longest a long poll may wait.
        public var longPollWait: Duration = .seconds(60)
        public init() {}
    }
}

/// Whether the messages of WebSockets are compressed where client and server agree to it.
public enum MessageCompression: String, Codable, Hashable, Sendable, CaseIterable {
    case off
    /// RFC 7692. No message refers to an earlier one: an update is compressed once for all of its subscribers, and no
    /// connection keeps anything.
    case permessageDeflate = "permessage-deflate"
}

/// What happens to a reader whose position has left the history.
public enum SlowConsumerPolicy: String, Hashable, Sendable, CaseIterable {
    /// It gets `position lost` and a snapshot when it reads again.
    case positionLost = "position-lost"
    /// It is cut off with `CloseReason.slowConsumer`.
    case disconnect
}
