import Glibc
import Synchronization
import Threads

/// Waits for SIGTERM, SIGINT or SIGHUP. A second SIGTERM or SIGINT ends the process at once: who asks twice does not want to wait.
final class StopSignal: Sendable {
    private let stop = Latch()

    /// What the handlers post.
    private static let received = Semaphore()
    private static let isAsked = Atomic(false)

    /// - Throws: where there is no thread that could wait; the signals then end the process as they do by themselves.
    init() throws(SystemThread.Failure) {
        // Both are made before a handler asks for them.
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
        // Who starts a process with nohup(1) wants it to outlive the terminal.
        let before = unsafeBitCast(signal(SIGHUP, SIG_IGN), to: Int.self)
        guard before != unsafeBitCast(SIG_IGN, to: Int.self) else { return }
        signal(SIGHUP) { _ in
            // A terminal that closes sends it twice, by its shell and by the kernel, and who has asked by another signal may send
            // it too: only as the first does it count.
            if !StopSignal.isAsked.exchange(true, ordering: .relaxed) { StopSignal.received.post() }
        }
    }

    /// As a signal does, but for the second: the process cannot go on by itself.
    func fire() { stop.open() }

    func wait() async { await stop.wait() }
}
