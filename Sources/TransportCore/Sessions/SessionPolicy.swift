import Clocks

/// What decides how a session connects, waits, recovers and ends.
public struct SessionPolicy: Codable, Hashable, Sendable {
    public enum Model: String, Codable, Hashable, Sendable, CaseIterable {
        /// A browser's `EventSource` (WHATWG HTML, section 9.2): it comes back after every end of an accepted stream and every
        /// network error, after a time that only `retry:` changes; any answer but a 200 of type `text/event-stream` is the
        /// end of it. It sends `Last-Event-ID` whatever the page's strategy, and does not know what a `close` event is.
        case eventSource = "event-source"
        /// A client of one's own, over fetch, WebSocket or polls: all that follows here applies to it.
        case fetch
    }

    public var model: Model
    public var recovery: RecoveryStrategy
    /// With `eventSource`, `initial` is the browser's default reconnection time; the standard allows it to back off, too.
    public var backoff: Backoff
    /// Whether the least wait of a `Retry-After` (RFC 9110, section 10.2.3) is kept.
    public var honoursRetryAfter = true
    /// Whether the least wait of a close reason is kept.
    public var honoursCloseDelay = true
    /// Whether a final answer ends the session: a status that will not change by asking again, a close reason without
    /// `reconnect`. Where it does not, attempts after one count as `SessionCounters.uselessRetries`.
    public var stopsWhenRefused = true
    /// Attempts in a row without a connection that lasts `resetAfter`; nil sets no bound.
    public var retryBudget: Int?
    /// Time without a connection that lasts `resetAfter`, after which no further attempt begins; nil sets no bound.
    public var giveUpAfter: Duration?
    /// Nothing heard for this long on an open connection ends it; nil waits for ever, as browsers do.
    public var livenessTimeout: Duration?
    /// From the attempt to its acceptance; nil leaves it to the network.
    public var connectTimeout: Duration?
    /// A connection that was open for this long makes the backoff and the bounds begin anew. Shorter ones do not, or a server
    /// that accepts and drops would be met without any backoff.
    public var resetAfter: Duration

    public init(
        model: Model = .fetch, recovery: RecoveryStrategy = .replayOrSnapshot, backoff: Backoff,
        livenessTimeout: Duration? = .seconds(30), connectTimeout: Duration? = .seconds(10),
        resetAfter: Duration = .seconds(10)
    ) {
        self.model = model
        self.recovery = recovery
        self.backoff = backoff
        self.livenessTimeout = livenessTimeout
        self.connectTimeout = connectTimeout
        self.resetAfter = resetAfter
    }

    /// No server makes a client wait longer, whatever number it sends.
    public static let longestServerDelay: Duration = .seconds(86_400)

    /// The floor of what a server can set by `retry:`: the policy's own first wait; with `eventSource` that is only the time until
    /// the server says otherwise, and the floor is Firefox's 500 ms.
    public var leastReconnectionTime: Duration {
        model == .eventSource ? min(backoff.initial, .milliseconds(500)) : backoff.initial
    }

    /// Whether connections ask for what follows the cursor. A browser does so by itself as soon as events have ids.
    public var resumes: Bool { model == .eventSource || recovery.resumes }

    /// Why the model cannot follow the strategy; nil where it can.
    public var rejection: String? {
        guard model == .eventSource, recovery == .snapshot else { return nil }
        return "a native EventSource sends Last-Event-ID by itself, and its stream resumes without a snapshot"
    }
}
