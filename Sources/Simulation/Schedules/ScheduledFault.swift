import TransportCore

/// A fault that strikes at a time, and is repaired at another. Times are nanoseconds.
struct ScheduledFault: Sendable {
    /// What a server still has when it comes back.
    enum Memory: Sendable { case everything, allButTheEnd, nothing }

    enum Kind: Sendable {
        /// Connections break at once, with what is on its way.
        case reset
        /// Connections end in order, without a word.
        case end
        /// Connections are dead and nobody is told; attempts are not answered.
        case blackHole
        /// What is sent arrives after the repair.
        case stall
        case latency(milliseconds: Int64)
        /// The server is away.
        case stop(Memory)
        /// The server says so, and is away.
        case drain(delayMilliseconds: Int?)
        /// Connections end with a reason.
        case close(CloseReason)
        /// Attempts are answered with a status.
        case refuse(status: Int, retryAfter: Int?)
        /// Attempts are answered with a page.
        case page
        /// Connections break once they have had so many messages.
        case cutAfter(messages: Int)
        /// Attempts break before they are answered.
        case cutHandshake
        /// The server replays from before the position, as at-least-once delivery may.
        case overlap(updates: UInt64)
        /// The server begins afresh whatever is asked.
        case ignorePosition
        case failFetches
        /// So many updates at once.
        case burst(updates: Int)
    }

    var kind: Kind
    /// The one session that it strikes; nil strikes all. Of kinds that strike sessions.
    var session: Int?
    var start: Int64
    var end: Int64
}
