import Glibc
import Synchronization
import Threads

/// Waits for SIGTERM, SIGINT or SIGHUP. A second SIGTERM or SIGINT ends the process at once, because its sender does
/// not want to wait.
final class StopSignal: Sendable {
    private let stop = Latch()

    /// Posted by the signal handlers.
    private static let received = Semaphore()
    private static let isAsked = Atomic(false)

    /// - Throws: if the waiting thread cannot be created; the signals then have their default action.
    init() throws(SystemThread.Failure) {
        // Initialized here, because a handler must not initialize them.
        _ = Self.received
        _ = Self.isAsked.load(ordering: .relaxed)
        try SystemThread { [self] in
            StopSignal.received.wait()
            fire()
            StopSignal.received.wait()
            _exit(130)
        }.detach()
        for number in [SIGTERM, SIGINT] {
            signal(number) { _ in
                StopSignal.isAsked.store(true, ordering: .relaxed)
                StopSignal.received.post()
            }
        }
        // A process that was started with nohup(1) must outlive the terminal.
        let before = unsafeBitCast(signal(SIGHUP, SIG_IGN), to: Int.self)
        guard before != unsafeBitCast(SIG_IGN, to: Int.self) else { return }
        signal(SIGHUP) { _ in
            // A closing terminal causes two SIGHUPs, from its shell and from the kernel, and SIGHUP may follow another
            // signal. It counts only as the first signal.
            if !StopSignal.isAsked.exchange(true, ordering: .relaxed) { StopSignal.received.post() }
        }
    }

    /// Stops the server like the first signal, when the process cannot continue. It does not count as a signal.
    func fire() { stop.open() }

    func wait() async { await stop.wait() }
}
