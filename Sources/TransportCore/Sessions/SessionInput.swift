public import OrderUpdates

/// What happens to a session. Events of a connection that has ended, or that the session asked to disconnect, are not
/// put in.
public enum SessionInput: Sendable {
    /// The first input. It comes once.
    case start
    /// TCP and TLS are up, and the request is on its way.
    case connected
    /// The server accepted: 200 or 101.
    case opened
    /// The position is nil where the transport has none.
    case update(StreamPosition?)
    case snapshot(StreamPosition?)
    case positionLost
    /// A heartbeat, or anything else that shows the peer alive: a comment, a ping, a poll without news.
    case heartbeat
    /// An SSE `retry:` field. An `EventSource` takes it as its reconnection time, a client with backoff as its first
    /// wait.
    case retry(milliseconds: Int)
    /// The answer to `.refetch`: the position of the order's state, or nil where the GET failed. There is one for
    /// each `.refetch`, also after the connection has ended. The owner limits the time that it takes.
    case refetched(StreamPosition?)
    case closed(ClosedCause)
    /// `deadline` has passed. One that comes early does nothing, so that a timer need not be moved with each update.
    case timer
    /// The owner ends the session.
    case stop
}
