import CLibwebsockets
import Glibc

/// A libwebsockets context on its loop's thread, to which everything here is confined.
///
/// `run` drives libwebsockets and libuv, and returns after `finish`. Handlers are called from within it.
public final class LoopContext {
    let core: LoopCore
    var uv: UnsafeMutablePointer<uv_loop_t> { core.uv }
    let lws: OpaquePointer
    let watcher: SocketWatcher
    /// The descriptor that `lws_cancel_service` writes to; -1 where there is none.
    private let eventDescriptor: Int32
    /// Memory with room for libwebsockets' framing in front, for bytes that must be copied before they are sent.
    let scratch: ScratchBuffer
    var server: (any ServerDelegate)?
    /// The authorities that a server's TLS names when it asks for client certificates.
    var clientAuthorities: String?
    /// The delegate given to `serve`, until the loop ends.
    public var delegate: (any ServerDelegate)? { server }
    /// The connections that were accepted and are open.
    var adopted: Set<OpaquePointer> = []
    /// Reads the connections of a server's loop instead of libwebsockets.
    var gate: RequestGate?
    var client: ClientLoop?
    var descriptors: DescriptorTable?
    /// How long the body of a request that has its answer is still read.
    var discardBound = Duration.zero
    private lazy var turns = LoopTurns(on: core.uv) { [unowned self] in betweenTurns() }
    /// Closures to be called after libwebsockets' callback.
    private var afterCallback: [() -> Void] = []
    var listeners: [Listener] = []
    private var timers: [LoopTimer] = []
    private var isFinished = false
    /// The memory where libwebsockets' callbacks find this object; empty while the context is being made.
    private let cell: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    /// The context. libwebsockets sets it to nil when it has freed it (`info.pcontext`).
    private let remaining: UnsafeMutablePointer<OpaquePointer?>

    /// Called after wakes and tasks of other threads, at most once in a turn of the loop.
    public var woken: (() -> Void)?
    /// Called once, on the loop's thread, before `EventLoop.stop` closes its connections.
    public var finishing: (() -> Void)?

    init(_ core: LoopCore, headerBytes: Int, handshakeSeconds: Int, readBytes: Int) throws {
        ProcessTLS.prepare()
        self.core = core
        cell = .allocate(capacity: 1)
        cell.initialize(to: nil)
        remaining = .allocate(capacity: 1)
        remaining.initialize(to: nil)
        scratch = ScratchBuffer(capacity: 64 * 1024)
        // Before the context, whose end takes several turns of the loop.
        watcher = try SocketWatcher(on: core.uv)

        var info = lws_context_creation_info()
        var loop: UnsafeMutableRawPointer? = UnsafeMutableRawPointer(core.uv)
        info.port = CONTEXT_PORT_NO_LISTEN
        info.user = UnsafeMutableRawPointer(cell)
        info.pcontext = remaining
        // Not LWS_SERVER_OPTION_VALIDATE_UTF8: it would take a pong's payload for a part of the text before it.
        info.options = UInt64(LWS_SERVER_OPTION_LIBUV) | UInt64(LWS_SERVER_OPTION_EXPLICIT_VHOSTS)
        info.max_http_header_data2 = UInt32(headerBytes)
        // From the end of a TLS handshake to that of the header, and between pieces of a body, libwebsockets uses the
        // context's timeout and not that of the virtual host.
        info.timeout_secs = UInt32(handshakeSeconds)
        info.gid = -1
        info.uid = -1
        // A limit below that of the process would make every look-up of a descriptor a linear search.
        info.fd_limit_per_thread = 0
        // One scratch buffer for the context, for reading and for headers.
        info.pt_serv_buf_size = UInt32(readBytes)
        // The timers of the default validity checks are in a sorted linear list, which makes the cost of N
        // connections quadratic. Our own heartbeat checks liveness.
        info.retry_and_idle_policy = LoopContext.noValidityChecks
        let context = withUnsafeMutablePointer(to: &loop) { loops in
            info.foreign_loops = loops
            return lws_create_context(&info)
        }
        guard let context else {
            throw LWSError(
                "lws_create_context",
                "no context: is the package \(EventLibrary.plugIn) installed? (`tandem doctor` tells; "
                    + "TANDEM_LWS_LOG=1 shows the library's own words)")
        }
        EventLibrary.keepPlugIn()
        lws = context
        remaining.pointee = context
        // The only poll handle that libwebsockets makes with its context.
        eventDescriptor = Self.polledDescriptors(on: core.uv).first { [watcher] in $0 != watcher.epoll } ?? -1
        cell.pointee = Unmanaged.passUnretained(self).toOpaque()
        core.bind(self)
        pthread_setspecific(Self.key, Unmanaged.passUnretained(self).toOpaque())
    }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        return key
    }()

    /// The context of the current thread, until it ends.
    static var current: LoopContext? { of(pthread_getspecific(key)) }

    nonisolated(unsafe) static let noValidityChecks: UnsafePointer<lws_retry_bo_t> = {
        let policy = UnsafeMutablePointer<lws_retry_bo_t>.allocate(capacity: 1)
        policy.initialize(to: lws_retry_bo_t())
        return UnsafePointer(policy)
    }()

    /// libwebsockets takes `http_proxy` from the environment for a virtual host without a proxy, and ignores
    /// `no_proxy`; the proxy would then be measured. Port 0 means none.
    nonisolated(unsafe) static let noProxy: UnsafePointer<CChar> = UnsafePointer(strdup(":0"))

    deinit {
        cell.deallocate()
        remaining.deallocate()
    }

    static func of(_ pointer: UnsafeMutableRawPointer?) -> LoopContext? {
        pointer.map { Unmanaged<LoopContext>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Calls `body` every `milliseconds`, from now on until the loop ends. Not for connections, because a loop should
    /// have few of these.
    public func every(milliseconds: UInt64, _ body: @escaping () -> Void) {
        makeTimer(body).start(milliseconds: milliseconds, repeats: true)
    }

    /// A timer that can be started repeatedly until the loop ends. A loop should have few of these.
    public func makeTimer(_ body: @escaping () -> Void) -> LoopTimer {
        let timer = LoopTimer(on: core.uv, body)
        timers.append(timer)
        return timer
    }

    /// Calls `body` after libwebsockets' callback has returned, in the same or the next turn of the loop.
    func later(_ body: @escaping () -> Void) {
        afterCallback.append(body)
        turns.start()
    }

    private func betweenTurns() -> Bool {
        let due = afterCallback
        afterCallback = []
        for body in due { body() }
        return !afterCallback.isEmpty
    }

    func wokenUp() {
        for task in core.takeTasks() { task(self) }
        if !isFinished { woken?() }
    }

    func run() {
        core.turnFirst()
        if !isFinished { uv_run(core.uv, UV_RUN_DEFAULT) }
        end()
    }

    /// Closes everything, including the loop.
    func end() {
        // Not in `finish`, because the turn of the loop that called it may still bring requests.
        finishing?()
        woken = nil
        // What `finish` began takes several turns of the loop: libuv closes handles asynchronously.
        listeners = []
        afterCallback = []
        turns.close()
        for timer in timers { timer.close() }
        timers = []
        client?.close()
        core.unbind()
        watcher.close()
        pthread_setspecific(Self.key, nil)
        gate?.close()
        descriptors?.restore()
        let sockets = Self.polledDescriptors(on: core.uv).filter { $0 != eventDescriptor }.map(Self.identified)
        // libwebsockets ends in two or three steps. It may take the last step by itself, when libuv releases the
        // handles that a step closed. Only the context's own pointer tells whether there is one left to end.
        lws_context_destroy(lws)
        if holdEventDescriptor() {
            turnOver()
            for _ in 0..<2 {
                guard let context = remaining.pointee else { break }
                lws_context_destroy(context)
                turnOver()
            }
            core.close()
        } else {
            // The loop must not turn again. Its connections end here; what else it holds is leaked in this rare case.
            // Over TLS the first step closed them, so such a number may already belong to another thread.
            for socket in sockets where Self.identified(socket.number) == socket { Glibc.close(socket.number) }
        }
        server?.ended()
        server = nil
    }

    /// libwebsockets closes its event descriptor twice: in the first step, and when libuv releases it. In between,
    /// another thread may open a file or a socket with the same number, which the second close would close. So the
    /// number is taken here at once. Returns false where another thread was faster.
    private func holdEventDescriptor() -> Bool {
        guard eventDescriptor >= 0 else { return true }
        let held = fcntl(uv_backend_fd(core.uv), F_DUPFD_CLOEXEC, eventDescriptor)
        if held >= 0, held != eventDescriptor { Glibc.close(held) }
        return held == eventDescriptor
    }

    /// A descriptor with the file that it stands for, because the number alone may be reused.
    private struct Identified: Equatable {
        var number: Int32
        var device: UInt
        var file: UInt
    }

    private static func identified(_ number: Int32) -> Identified {
        var status = stat()
        guard fstat(number, &status) == 0 else { return Identified(number: number, device: 0, file: 0) }
        return Identified(number: number, device: UInt(status.st_dev), file: UInt(status.st_ino))
    }

    /// The descriptors that a loop polls.
    private static func polledDescriptors(on uv: UnsafeMutablePointer<uv_loop_t>) -> [Int32] {
        var descriptors: [Int32] = []
        withUnsafeMutablePointer(to: &descriptors) { found in
            uv_walk(
                uv,
                { handle, found in
                    guard let handle, let found, uv_handle_get_type(handle) == UV_POLL else { return }
                    var number: uv_os_fd_t = -1
                    guard uv_fileno(handle, &number) == 0 else { return }
                    found.assumingMemoryBound(to: [Int32].self).pointee.append(number)
                }, UnsafeMutableRawPointer(found))
        }
        return descriptors
    }

    private func turnOver() {
        for _ in 0..<64 { uv_run(core.uv, UV_RUN_NOWAIT) }
    }

    func finish() {
        guard !isFinished else { return }
        isFinished = true
        uv_stop(core.uv)
    }
}

/// Closes a libuv handle, and frees it when libuv has released it.
func closeThenFree<Handle>(_ handle: UnsafeMutablePointer<Handle>) {
    uv_close(UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)) { closed in
        closed.map { UnsafeMutableRawPointer($0).deallocate() }
    }
}

/// Writable memory with `LWS_PRE` bytes in front.
final class ScratchBuffer {
    let start: UnsafeMutablePointer<UInt8>
    let capacity: Int
    private let base: UnsafeMutablePointer<UInt8>

    init(capacity: Int) {
        self.capacity = capacity
        base = .allocate(capacity: Int(TANDEM_LWS_PRE) + capacity)
        start = base + Int(TANDEM_LWS_PRE)
    }

    deinit { base.deallocate() }
}
