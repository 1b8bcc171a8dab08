import CLibwebsockets
import Glibc

/// A libwebsockets context on its loop's thread: everything here is confined to that thread.
///
/// libwebsockets and libuv are driven by `run`, which returns when `finish` was called. Handlers are called from within.
public final class LoopContext {
    let core: LoopCore
    var uv: UnsafeMutablePointer<uv_loop_t> { core.uv }
    let lws: OpaquePointer
    let watcher: SocketWatcher
    /// What `lws_cancel_service` writes to; -1 where there is none.
    private let eventDescriptor: Int32
    /// Bytes with room for libwebsockets' framing in front: what has to be copied before it can be sent.
    let scratch: ScratchBuffer
    var server: (any ServerDelegate)?
    /// The authorities of client certificates that a server's TLS asks for.
    var clientAuthorities: String?
    /// What `serve` was given, until the loop ends.
    public var delegate: (any ServerDelegate)? { server }
    /// The connections that were accepted and have not ended.
    var adopted: Set<OpaquePointer> = []
    /// What reads in libwebsockets' place; of a server's loop.
    var gate: RequestGate?
    var client: ClientLoop?
    var descriptors: DescriptorTable?
    /// How long the body of a request that has its answer is read.
    var discardBound = Duration.zero
    /// What `DeflateExtension` has read of a message that `serverCallback` is told of next.
    var compressedPayload: CompressedPayload?
    private lazy var turns = LoopTurns(on: core.uv) { [unowned self] in betweenTurns() }
    /// What waits for the end of libwebsockets' callback.
    private var afterCallback: [() -> Void] = []
    var listeners: [Listener] = []
    private var timers: [LoopTimer] = []
    private var isFinished = false
    /// Where libwebsockets' callbacks find this object; empty while the context is made.
    private let cell: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    /// The context, until libwebsockets has freed it: it writes nil here then (`info.pcontext`).
    private let remaining: UnsafeMutablePointer<OpaquePointer?>

    /// Called after other threads' wakes and tasks, at most once a turn of the loop.
    public var woken: (() -> Void)?
    /// Called once, on the loop's thread, before its connections are closed by `EventLoop.stop`.
    public var finishing: (() -> Void)?

    init(_ core: LoopCore, headerBytes: Int, handshakeSeconds: Int, readBytes: Int) throws {
        ProcessTLS.prepare()
        self.core = core
        cell = .allocate(capacity: 1)
        cell.initialize(to: nil)
        remaining = .allocate(capacity: 1)
        remaining.initialize(to: nil)
        scratch = ScratchBuffer(capacity: 64 * 1024)
        // Before the context, which takes turns of the loop to end.
        watcher = try SocketWatcher(on: core.uv)

        var info = lws_context_creation_info()
        var loop: UnsafeMutableRawPointer? = UnsafeMutableRawPointer(core.uv)
        info.port = CONTEXT_PORT_NO_LISTEN
        info.user = UnsafeMutableRawPointer(cell)
        info.pcontext = remaining
        info.options =
            UInt64(LWS_SERVER_OPTION_LIBUV) | UInt64(LWS_SERVER_OPTION_EXPLICIT_VHOSTS)
            | UInt64(LWS_SERVER_OPTION_VALIDATE_UTF8)
        info.max_http_header_data2 = UInt32(headerBytes)
        // From the end of a TLS handshake to that of the header, and between pieces of a body, libwebsockets takes the context's
        // time, whatever a virtual host says.
        info.timeout_secs = UInt32(handshakeSeconds)
        info.gid = -1
        info.uid = -1
        // A lower limit than the process's own would make every look-up of a descriptor a linear search.
        info.fd_limit_per_thread = 0
        // One scratch buffer a context, for reading and for headers.
        info.pt_serv_buf_size = UInt32(readBytes)
        // The default validity checks sit in a sorted linear list of timers, which makes N connections cost N squared:
        // liveness is our own heartbeat's business.
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
        // The one poll handle that libwebsockets makes with its context.
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

    /// That of the thread, until it ends.
    static var current: LoopContext? { of(pthread_getspecific(key)) }

    nonisolated(unsafe) static let noValidityChecks: UnsafePointer<lws_retry_bo_t> = {
        let policy = UnsafeMutablePointer<lws_retry_bo_t>.allocate(capacity: 1)
        policy.initialize(to: lws_retry_bo_t())
        return UnsafePointer(policy)
    }()

    /// libwebsockets takes `http_proxy` from the environment for a virtual host that names no proxy, and does not look at
    /// `no_proxy`: what is measured would be the proxy. Port 0 is none.
    nonisolated(unsafe) static let noProxy: UnsafePointer<CChar> = UnsafePointer(strdup(":0"))

    deinit {
        cell.deallocate()
        remaining.deallocate()
    }

    static func of(_ pointer: UnsafeMutableRawPointer?) -> LoopContext? {
        pointer.map { Unmanaged<LoopContext>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Calls `body` every `milliseconds`, from now on until the loop ends. A loop has few of these: they are not for connections.
    public func every(milliseconds: UInt64, _ body: @escaping () -> Void) {
        makeTimer(body).start(milliseconds: milliseconds, repeats: true)
    }

    /// A timer that is started anew each time it is needed, until the loop ends. A loop has few of these.
    public func makeTimer(_ body: @escaping () -> Void) -> LoopTimer {
        let timer = LoopTimer(on: core.uv, body)
        timers.append(timer)
        return timer
    }

    /// Calls `body` when libwebsockets' callback has returned, in the same turn of the loop or the next.
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

    /// Closes what there is, down to the loop itself.
    func end() {
        // Not from `finish`: the turn of the loop in which it was called may still bring requests.
        finishing?()
        woken = nil
        // What `finish` began takes turns of the loop to end: libuv closes handles asynchronously.
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
        // libwebsockets ends in two or three steps, and may take the last by itself when libuv lets go of the handles that
        // a step closed: only the context's own word says whether there is one left to end.
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
            // The loop must not turn again. Its connections end here; what else it holds stays, in this rare case.
            // Over TLS the first step closed them: such a number may be another thread's by now.
            for socket in sockets where Self.identified(socket.number) == socket { Glibc.close(socket.number) }
        }
        server?.ended()
        server = nil
    }

    /// libwebsockets closes its event descriptor twice: in the first step, and when libuv lets go of it. In between, another
    /// thread may open a file or a socket of the same number, which the second close would take away. So the number is
    /// taken here at once. Returns false where another was faster.
    private func holdEventDescriptor() -> Bool {
        guard eventDescriptor >= 0 else { return true }
        let held = fcntl(uv_backend_fd(core.uv), F_DUPFD_CLOEXEC, eventDescriptor)
        if held >= 0, held != eventDescriptor { Glibc.close(held) }
        return held == eventDescriptor
    }

    /// A descriptor and what it stands for: the number alone may be given anew.
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

    /// The descriptors that are polled on a loop.
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

/// Closes a libuv handle and frees it when libuv has let go of it.
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
