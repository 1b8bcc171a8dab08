import CLibwebsockets
import Synchronization
import Threads

/// A thread that runs a libuv loop with one libwebsockets context on it.
///
/// Lifetime: `init` starts the thread. `stop` and `end` close every connection of the context, end the thread and
/// join it. All state of the context is confined to the thread: other threads may only call `submit` and `wake`. The
/// loop is *foreign* to libwebsockets, so that libwebsockets installs no signal handlers.
public final class EventLoop: Sendable {
    let core: LoopCore
    private let thread: SystemThread
    private let stopped = Mutex(false)

    /// The minimum size of a loop's read buffer in bytes. `RequestGate` passes on half of it, so that it always fits.
    package static let leastReadBytes = 16 * 1024

    /// - Parameters:
    ///   - name: the thread's name, at most 15 bytes.
    ///   - headerBytes: the maximum size of a request's or response's header.
    ///   - handshakeSeconds: the time for each step of a peer before its header, and between pieces of a body.
    ///   - readBytes: the maximum that is read from a connection at once, 16 KiB or more.
    ///   - setUp: runs first on the loop's thread.
    /// - Throws: `LWSError` where libwebsockets lacks its libuv plug-in or the system lacks a descriptor or a thread;
    ///   the error of `setUp`.
    ///   throws.
    public init(
        name: String, headerBytes: Int = 8 * 1024, handshakeSeconds: Int = 5, readBytes: Int = 32 * 1024,
        setUp: @escaping @Sendable (borrowing LoopContext) throws -> Void
    ) throws {
        precondition(
            readBytes >= Self.leastReadBytes,
            "a loop reads \(Self.leastReadBytes) bytes at once, or more: libwebsockets drops what does not fit")
        EventLibrary.prepare()
        let core = try LoopCore()
        self.core = core
        let start = LoopStart(
            core: core, name: name, headerBytes: headerBytes, handshakeSeconds: handshakeSeconds, readBytes: readBytes,
            setUp: setUp)
        do {
            thread = try SystemThread { start.run() }
        } catch {
            core.close()
            throw LWSError("pthread_create", error.description)
        }
        if let error = start.waitUntilReady() {
            // Joins the thread. A second call has no effect: `deinit` calls `stop` too, even if `init` throws.
            stop()
            throw error
        }
    }

    /// Runs a task on the loop's thread, after those that were submitted before. A task that is submitted after
    /// `stop` is dropped.
    public func submit(_ task: @escaping @Sendable (LoopContext) -> Void) {
        core.submit(task)
    }

    /// Requests a call of the context's `woken`. Wakes coalesce; the call costs an atomic operation, or one write.
    public func wake() {
        core.wake()
    }

    /// Ends the loop and closes its connections without a reason. Blocks until the thread has ended; a second call
    /// returns at once.
    public func stop() {
        let first = stopped.withLock { stopped in
            defer { stopped = true }
            return !stopped
        }
        guard first else { return }
        core.submit { $0.finish() }
        thread.join()
    }

    /// Ends the loop as `stop` does, but suspends until it has ended, so that no thread of Swift's pool is blocked.
    public func end() async {
        core.submit { $0.finish() }
        await core.ended()
        // The thread has finished its work.
        stop()
    }

    deinit {
        stop()
    }
}

/// Thread entry; reports readiness or the start-up error.
private final class LoopStart: Sendable {
    private let core: LoopCore
    private let name: String
    private let headerBytes: Int
    private let handshakeSeconds: Int
    private let readBytes: Int
    private let setUp: @Sendable (borrowing LoopContext) throws -> Void
    private nonisolated(unsafe) var outcome: (any Error)?  // written before `ready` is posted, read after
    private let ready = Semaphore()

    init(
        core: LoopCore, name: String, headerBytes: Int, handshakeSeconds: Int, readBytes: Int,
        setUp: @escaping @Sendable (borrowing LoopContext) throws -> Void
    ) {
        self.core = core
        self.name = name
        self.headerBytes = headerBytes
        self.handshakeSeconds = handshakeSeconds
        self.readBytes = readBytes
        self.setUp = setUp
    }

    func waitUntilReady() -> (any Error)? {
        ready.wait()
        return outcome
    }

    func run() {
        defer { core.markEnded() }
        tandem_name_thread(String(name.prefix(15)))
        var context: LoopContext?
        do {
            let made = try LoopContext(
                core, headerBytes: headerBytes, handshakeSeconds: handshakeSeconds, readBytes: readBytes)
            context = made
            try setUp(made)
        } catch {
            outcome = error
            if let context { context.end() } else { core.close() }
            ready.post()
            return
        }
        ready.post()
        context?.run()
    }
}
