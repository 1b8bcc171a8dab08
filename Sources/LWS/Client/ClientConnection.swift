import CLibwebsockets
import Clocks

/// One use of a connection by a client: an HTTP exchange, or a connection that is read here. Confined to its loop's thread.
public class ClientConnection {
    public unowned let loop: ClientLoop
    /// Anything the owner wants to find again.
    public final var tag = 0

    final var wsi: OpaquePointer?
    public internal(set) final var request: ClientRequest
    final let place: ReusableConnection?
    /// The owner has had its last call.
    final var isFinished = false
    /// Set once the request is on its way, or the attempt has ended: it then no longer counts as an attempt.
    final var isAttempting = false
    private var deadline: ClientTimers.Deadline?
    private var isRetained = false

    init(_ request: ClientRequest, place: ReusableConnection?, loop: ClientLoop) {
        self.request = request
        self.place = place
        self.loop = loop
    }

    // What a subclass does.

    func deadlineHasPassed(_ cause: String) {
        fail(cause)
        kill()
    }

    /// The connection has ended before its time.
    func fail(_ cause: String) {}
    /// libwebsockets has closed the connection.
    func lostConnection() {}
    /// Lets go of the socket, which is about to be closed.
    func stopReading() {}
    /// Whether what arrives is read: what is not read fills the kernel's buffers, and then the server's.
    public func setReading(_ reads: Bool) {}

    // MARK: Life

    func begin() {
        isRetained = true
        _ = Unmanaged.passRetained(self)
        deadline = loop.timers.schedule(after: request.deadline) { [weak self] in
            guard let self, !self.isFinished else { return }
            self.deadlineHasPassed("no answer within \(self.request.deadline.seconds) s")
        }
    }

    /// libwebsockets has made the connection's object.
    final func connects(as wsi: OpaquePointer) {
        guard isRetained, self.wsi == nil else { return }
        self.wsi = wsi
        if isFinished { kill() }
    }

    /// Lets go of a connection that was never begun.
    final func releaseUnlessConnected() {
        if wsi == nil, !isAttempting { release() }
    }

    /// The response's header has come: from now on the connection may take its time.
    final func headerHasArrived() {
        deadline?.cancel()
        deadline = nil
        loop.attemptEnded(self)
    }

    /// The connection is gone, or will not come about. Called by libwebsockets' callbacks, perhaps more than once.
    final func release() {
        stopReading()
        wsi = nil
        deadline?.cancel()
        deadline = nil
        loop.attemptEnded(self)
        guard isRetained else { return }
        isRetained = false
        Unmanaged.passUnretained(self).release()
    }

    /// Cuts the connection on the loop's next turn.
    final func kill() {
        stopReading()
        if let wsi { tandem_kill(wsi) }
    }
}
