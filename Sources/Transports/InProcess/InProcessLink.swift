import Synchronization
import TransportCore

/// One connection between a server's loop and a client. It stands for a socket and its buffers.
///
/// The server offers frames, up to a limit in bytes; the client takes them in order. Each side is signalled once when
/// it waits for the other, outside the lock.
final class InProcessLink: Sendable {
    /// A signal from the client's side to the server's.
    enum Signal: Sendable {
        /// There is room again, or the client has left.
        case attend
        case command(ClientCommand)
    }

    /// What the client takes next.
    enum Delivery: Sendable {
        case frame(InProcessFrame)
        /// The last delivery.
        case end(ClosedCause)
    }

    /// Protected by `state`.
    private struct State: Sendable {
        /// The newest frame is last.
        var arriving: [InProcessFrame] = []
        /// The newest frame is first, so that taking the oldest moves no others.
        var departing: [InProcessFrame] = []
        var pendingBytes = 0
        var end: ClosedCause?
        var hasClientLeft = false
        /// Whether the client found nothing, and has not been woken since.
        var clientWaits = true
        /// Whether the server found no room, and has not been signalled since.
        var serverWaits = false

        mutating func drop() {
            arriving = []
            departing = []
            pendingBytes = 0
        }

        /// Whether the client has to be woken now.
        mutating func takeClientWait() -> Bool {
            defer { clientWaits = false }
            return clientWaits
        }
    }

    private let state = Mutex(State())
    private let capacity: Int
    private let wakeClient: @Sendable () -> Void
    private let signalServer: @Sendable (Signal) -> Void

    /// - Parameter capacity: the maximum number of bytes that wait for the client.
    init(
        capacity: Int, wakeClient: @escaping @Sendable () -> Void, signalServer: @escaping @Sendable (Signal) -> Void
    ) {
        self.capacity = capacity
        self.wakeClient = wakeClient
        self.signalServer = signalServer
    }

    // MARK: The server's side

    /// Takes all the frames or none. An empty link takes any. After a refusal the server is signalled once there is
    /// room.
    func offer(_ frames: [InProcessFrame]) -> Bool {
        let cost = frames.reduce(0) { $0 + $1.cost }
        var wakes = false
        let taken = state.withLock { state in
            guard !state.hasClientLeft, state.end == nil else { return true }
            guard state.pendingBytes == 0 || state.pendingBytes + cost <= capacity else {
                state.serverWaits = true
                return false
            }
            state.pendingBytes += cost
            state.arriving.append(contentsOf: frames)
            wakes = state.takeClientWait()
            return true
        }
        if wakes { wakeClient() }
        return taken
    }

    /// Ends the connection after the frames that wait. It always fits. The first cause counts.
    func finish(_ cause: ClosedCause) {
        let wakes = state.withLock { state in
            guard state.end == nil else { return false }
            state.end = cause
            return state.takeClientWait()
        }
        if wakes { wakeClient() }
    }

    /// Ends the connection and drops what waits for the client; by default without a reason, as a reset does.
    func sever(_ cause: ClosedCause = .ended) {
        let wakes = state.withLock { state in
            state.drop()
            state.end = cause
            return state.takeClientWait()
        }
        if wakes { wakeClient() }
    }

    var hasClientLeft: Bool { state.withLock { $0.hasClientLeft } }

    // MARK: The client's side

    /// Nil where nothing waits. The client is woken when something does.
    func next() -> Delivery? {
        var signals = false
        let delivery: Delivery? = state.withLock { state in
            if state.departing.isEmpty, !state.arriving.isEmpty {
                swap(&state.arriving, &state.departing)
                state.departing.reverse()
            }
            guard let frame = state.departing.popLast() else {
                if let end = state.end { return .end(end) }
                state.clientWaits = true
                return nil
            }
            state.pendingBytes -= frame.cost
            if state.serverWaits, state.pendingBytes <= capacity / 2 {
                state.serverWaits = false
                signals = true
            }
            return .frame(frame)
        }
        if signals { signalServer(.attend) }
        return delivery
    }

    func send(_ command: ClientCommand) {
        signalServer(.command(command))
    }

    /// The client has finished with the connection, whoever ended it.
    func leave() {
        state.withLock { state in
            state.drop()
            state.hasClientLeft = true
        }
        signalServer(.attend)
    }
}
