import CLibwebsockets
import Clocks

/// A client's connection to libwebsockets: an HTTP exchange, or a connection whose bytes are read here. Confined to
/// its loop's thread.
public class ClientConnection {
    public unowned let loop: ClientLoop
    /// For the owner's own use.
    public final var tag = 0

    final var wsi: OpaquePointer?
    public internal(set) final var request: ClientRequest
    final let place: ReusableConnection?
    /// The owner has got its last call.
    final var isFinished = false
    /// Whether it counts as an attempt: until the request is sent, or the attempt has ended.
    final var isAttempting = false
    private var deadline: ClientTimers.Deadline?
    private var isRetained = false

    init(_ request: ClientRequest, place: ReusableConnection?, loop: ClientLoop) {
        self.request = request
        self.place = place
        self.loop = loop
    }

    // Overridden by subclasses.

    func deadlineHasPassed(_ cause: String) {
        fail(cause)
        kill()
    }

    /// The connection has failed.
    func fail(_ cause: String) {}
    /// libwebsockets has closed the connection.
    func lostConnection() {}
    /// Releases the socket, which is about to be closed.
    func stopReading() {}
    /// Sets whether arriving bytes are read. Unread bytes fill the kernel's buffers, and then the server's.
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

    /// libwebsockets has made the object of the connection.
    final func connects(as wsi: OpaquePointer) {
        guard isRetained, self.wsi == nil else { return }
        self.wsi = wsi
        if isFinished { kill() }
    }

    /// Releases a connection that was never started.
    final func releaseUnlessConnected() {
        if wsi == nil, !isAttempting { release() }
    }

    /// The header of the response has come. From now on there is no deadline.
    final func headerHasArrived() {
        deadline?.cancel()
        deadline = nil
        loop.attemptEnded(self)
    }

    /// The connection has ended, or will not come about. libwebsockets' callbacks may call it more than once.
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

    /// Cuts the connection in the loop's next turn.
    final func kill() {
        stopReading()
        if let wsi { tandem_kill(wsi) }
    }
}
