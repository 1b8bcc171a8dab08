/// Where a server's stream stands between its place in the table and the end of its connection.
///
/// A pure state machine: what happens comes in as an event, and what is to be done about it goes out as an action. Every pair of
/// state and event has its row in `StreamStateTests`.
package enum StreamState: UInt8, CaseIterable, Sendable {
    /// The place is taken, and the socket is not there yet.
    case opening
    /// It is to end, and its socket is not there yet. libwebsockets 4.1 opens a WebSocket within the call that admits it, so that
    /// nothing comes between.
    case ending
    /// A WebSocket that has yet to present its credential.
    case awaitingCredential
    /// All that was due is on its way.
    case open
    /// Bytes wait for the socket: nothing may be written past them.
    case blocked
    /// The last words are on their way, or wait for the socket.
    case closing
    /// Nothing more is said. The place is given back when the connection has ended.
    case closed

    package enum Event: CaseIterable, Sendable {
        case opened
        /// Open, and without a credential.
        case openedUnauthenticated
        case authenticated
        /// The socket did not take all that was written.
        case stalled
        /// What waited has been taken, or nothing waits after the last words.
        case drained
        /// The stream is to end, with a reason behind all that is due.
        case end
        /// The stream is to end now: what waits for its reader is dropped, and with it the reason.
        case cut
        /// The connection takes no more: the socket has failed, or its peer has left or said that it closes.
        case failed
    }

    package enum Action: Sendable {
        case none
        /// Bring the stream up to date.
        case catchUp
        /// Keep the last words until the socket is there.
        case keepReason
        /// Say the last words; `drained` follows at once where nothing waits after them.
        case sayReason
        /// The last words have gone: end the connection as its protocol has it.
        case finish
        /// Close the socket without a word.
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
        // Who has not said whose the socket is has nothing to wait for.
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

    /// Whether it has no last words yet.
    package var isLive: Bool { self != .ending && self != .closing && self != .closed }
}
