import CLibwebsockets
import Synchronization
import Threads

/// A thread that runs a libuv loop with one libwebsockets context on it.
///
/// Lifetime: `init` starts the thread; `stop` and `end` end it, close every connection of the context and join. All state of
/// the context is confined to the thread: `submit` and `wake` are the only calls that other threads may make. The loop
/// is *foreign* to libwebsockets, so that it installs no signal handlers of its own.
public final class EventLoop: Sendable {
    let core: LoopCore
    private let thread: SystemThread
    private let stopped = Mutex(false)

    /// Bytes of the smallest read buffer that a loop may have. `RequestGate` hands on half of it, so that it always fits.
    package static let leastReadBytes = 16 * 1024

    /// - Parameters:
    ///   - name: the thread's name, at most 15 bytes.
    ///   - headerBytes: the most that a request's header, or a response's, may have.
    ///   - handshakeSeconds: for each step of a peer's that comes before its header, and between pieces of a body.
    ///   - readBytes: the most that is read of a connection at once, 16 KiB or more.
    ///   - setUp: runs first on the loop's thread.
    /// - Throws: `LWSError` where libwebsockets lacks its libuv plug-in or the system lacks a descriptor or a thread, or what `setUp`
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
            // Joins, and once only: `deinit` stops too, of an object whose `init` throws as well.
            stop()
            throw error
        }
    }

    /// Runs a task on the loop's thread, after what was submitted before. A task submitted after `stop` is dropped.
    public func submit(_ task: @escaping @Sendable (LoopContext) -> Void) {
        core.submit(task)
    }

    /// Has the context's `woken` called soon. Wakes coalesce; the call costs an atomic, or one write.
    public func wake() {
        core.wake()
    }

    /// Ends the loop: connections are closed without a word. Blocks until the thread has ended; called again, it returns.
    public func stop() {
        let first = stopped.withLock { stopped in
            defer { stopped = true }
            return !stopped
        }
        guard first else { return }
        core.submit { $0.finish() }
        thread.join()
    }

    /// Ends the loop as `stop` does, and suspends until it has ended: no thread of Swift's pool waits for it.
    public func end() async {
        core.submit { $0.finish() }
        await core.ended()
        // The thread does nothing more.
        stop()
    }

    deinit {
        stop()
    }
}

/// The first words of a loop's thread, and how its starter learns that it is ready.
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
