import TransportCore

/// A fault that begins at one time and is repaired at another. Times are in nanoseconds.
struct ScheduledFault: Sendable {
    /// The history that a server still has when it restarts.
    enum Memory: Sendable { case everything, allButTheEnd, nothing }

    enum Kind: Sendable {
        /// Connections break at once, and what is on its way is lost.
        case reset
        /// Connections end in order, without a close reason.
        case end
        /// Connections are dead and neither end is told; attempts get no answer.
        case blackHole
        /// What is sent arrives only after the repair.
        case stall
        case latency(milliseconds: Int64)
        /// The server is down.
        case stop(Memory)
        /// The server announces that it goes down, and is down.
        case drain(delayMilliseconds: Int?)
        /// Connections end with this close reason.
        case close(CloseReason)
        /// Attempts are answered with this status.
        case refuse(status: Int, retryAfter: Int?)
        /// Attempts are answered with a web page.
        case page
        /// Connections break once they have delivered this many messages.
        case cutAfter(messages: Int)
        /// Attempts break before they are answered.
        case cutHandshake
        /// The server replays from before the position, as at-least-once delivery may.
        case overlap(updates: UInt64)
        /// The server ignores the position and begins afresh.
        case ignorePosition
        case failFetches
        /// This many updates are published at once.
        case burst(updates: Int)
    }

    var kind: Kind
    /// The only session that it affects; nil for all. For kinds that affect sessions.
    var session: Int?
    var start: Int64
    var end: Int64
}
