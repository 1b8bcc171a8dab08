/// The state of a server's stream, from the reservation of its slot to the end of its connection.
///
/// A pure state machine: what happens comes in as an event, and what has to be done goes out as an action. Every pair
/// of state and event has its row in `StreamStateTests`.
package enum StreamState: UInt8, CaseIterable, Sendable {
    /// The slot is reserved, but the socket is not there yet.
    case opening
    /// It has to end, but its socket is not there yet. libwebsockets 4.1 opens a WebSocket within the call that
    /// admits it, so nothing happens in between.
    case ending
    /// A WebSocket that has not presented its credential yet.
    case awaitingCredential
    /// Everything that was due has been written.
    case open
    /// Bytes wait for the socket. Nothing may be written before them.
    case blocked
    /// The close is being sent, or waits for the socket.
    case closing
    /// Nothing more is sent. The slot is freed when the connection has ended.
    case closed

    package enum Event: CaseIterable, Sendable {
        case opened
        /// The socket is open, without a credential.
        case openedUnauthenticated
        case authenticated
        /// The socket did not take everything that was written.
        case stalled
        /// What waited has been taken, or nothing waits after the close.
        case drained
        /// The stream has to end, with a reason after everything that is due.
        case end
        /// The stream has to end now. What waits for its reader is dropped, and so is the reason.
        case cut
        /// The connection takes no more: the socket has failed, or its peer has left or closes.
        case failed
    }

    package enum Action: Sendable {
        case none
        /// Bring the stream up to date.
        case catchUp
        /// Keep the close reason until the socket is there.
        case keepReason
        /// Write the close. `drained` follows at once where nothing waits after it.
        case sayReason
        /// The close was sent: end the connection as its protocol requires.
        case finish
        /// Close the socket without a reason.
        case closeSocket
    }

    package mutating func receive(_ event: Event) -> Action {
        switch (self, event) {
        case (.opening, .opened): return become(.open)
        case (.opening, .openedUnauthenticated): return become(.awaitingCredential)
        case (.ending, .opened), (.ending, .openedUnauthenticated): return become(.closing, .sayReason)
        case (.closed, .opened), (.closed, .openedUnauthenticated): return .closeSocket

        case (.awaitingCredential, .authenticated): return become(.open)

        case (.open, .stalled): return become(.blocked)
        // Before its credential, nothing waits for a peer.
        case (.awaitingCredential, .stalled): return become(.closed, .closeSocket)

        case (.blocked, .drained): return become(.open, .catchUp)
        case (.closing, .drained): return become(.closed, .finish)

        case (.opening, .end), (.opening, .cut): return become(.ending, .keepReason)
        case (.awaitingCredential, .end), (.open, .end), (.blocked, .end), (.awaitingCredential, .cut), (.open, .cut):
            return become(.closing, .sayReason)
        case (.blocked, .cut), (.closing, .cut): return become(.closed, .closeSocket)

        case (_, .failed): return become(.closed)

        case (.opening, .authenticated), (.opening, .stalled), (.opening, .drained),
            (.ending, .authenticated), (.ending, .stalled), (.ending, .drained), (.ending, .end), (.ending, .cut),
            (.awaitingCredential, .opened), (.awaitingCredential, .openedUnauthenticated),
            (.awaitingCredential, .drained),
            (.open, .opened), (.open, .openedUnauthenticated), (.open, .authenticated), (.open, .drained),
            (.blocked, .opened), (.blocked, .openedUnauthenticated), (.blocked, .authenticated), (.blocked, .stalled),
            (.closing, .opened), (.closing, .openedUnauthenticated), (.closing, .authenticated), (.closing, .stalled),
            (.closing, .end),
            (.closed, .authenticated), (.closed, .stalled), (.closed, .drained), (.closed, .end), (.closed, .cut):
            return .none
        }
    }

    private mutating func become(_ state: Self, _ action: Action = .none) -> Action {
        self = state
        return action
    }

    /// Whether its close has not been written yet.
    package var isLive: Bool { self != .ending && self != .closing && self != .closed }
}
