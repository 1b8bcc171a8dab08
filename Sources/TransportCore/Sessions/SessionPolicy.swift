import Clocks

/// How a session connects, waits, recovers and ends.
public struct SessionPolicy: Codable, Hashable, Sendable {
    public enum Model: String, Codable, Hashable, Sendable, CaseIterable {
        /// A browser's `EventSource` (WHATWG HTML, section 9.2). It reconnects after every end of an accepted stream
        /// and every network error, after a time that only `retry:` changes. Any answer other than a 200 of type
        /// `text/event-stream` ends it for good. It sends `Last-Event-ID` whatever the page's strategy, and does not
        /// know the event `close`.
        case eventSource = "event-source"
        /// A client written for the purpose, over fetch, WebSocket or polls. Only it has the settings that follow.
        case fetch
    }

    public var model: Model
    public var recovery: RecoveryStrategy
    /// With `eventSource`, `initial` is the browser's default reconnection time. The standard allows browsers to back
    /// off, too.
    public var backoff: Backoff
    /// Whether the client waits at least as long as `Retry-After` says (RFC 9110, section 10.2.3).
    public var honoursRetryAfter = true
    /// Whether the client waits at least as long as the close reason says.
    public var honoursCloseDelay = true
    /// Whether a final answer ends the session: a status that asking again does not change, or a close reason without
    /// `reconnect`. Where it does not, attempts after one count as `SessionCounters.uselessRetries`.
    public var stopsWhenRefused = true
    /// How many attempts may follow each other without a connection that lasts `resetAfter`; nil for any number.
    public var retryBudget: Int?
    /// The time without a connection that lasts `resetAfter`, after which no further attempt begins; nil for no
    /// limit.
    public var giveUpAfter: Duration?
    /// An open connection on which nothing is received for this long is ended; nil waits for ever, as browsers do.
    public var livenessTimeout: Duration?
    /// The time from an attempt to its acceptance; nil leaves it to the network.
    public var connectTimeout: Duration?
    /// A connection that was open for this long resets the backoff and the limits. A shorter one does not, because a
    /// server that accepts and drops would then be met without any backoff.
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

    /// The longest wait that a server can ask for, whatever number it sends.
    public static let longestServerDelay: Duration = .seconds(86_400)

    /// The shortest time that a server can set by `retry:`. It is the policy's own first wait. With `eventSource`,
    /// whose first wait is only a default, it is Firefox's 500 ms.
    public var leastReconnectionTime: Duration {
        model == .eventSource ? min(backoff.initial, .milliseconds(500)) : backoff.initial
    }

    /// Whether connections ask for the updates after the cursor. A browser does so by itself as soon as events have
    /// ids.
    public var resumes: Bool { model == .eventSource || recovery.resumes }

    /// Why the model cannot follow the strategy; nil where it can.
    public var rejection: String? {
        guard model == .eventSource, recovery == .snapshot else { return nil }
        return "a native EventSource sends Last-Event-ID by itself, and its stream resumes without a snapshot"
    }
}
