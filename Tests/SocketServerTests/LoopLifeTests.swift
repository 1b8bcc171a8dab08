import Foundation
import LWS
import OrderUpdates
import Synchronization
import Testing
import TransportCore
import Transports

/// How loops begin, end, and are let go of.
@Suite(.serialized) struct LoopLifeTests {
    /// As many loops end at a time as Swift's pool has threads, each of which waits for what the last of them lets go on.
    @Test("Loops that take their time to end hold up no thread of Swift's pool", .timeLimit(.minutes(1)))
    func endsWithoutBlocking() async throws {
        let count = ProcessInfo.processInfo.activeProcessorCount
        let gate = Gate()
        let loops = try (0..<count).map { _ in
            try EventLoop(name: "slow") { context in context.finishing = { gate.wait() } }
        }
        await withTaskGroup(of: Void.self) { group in
            for loop in loops { group.addTask { await loop.end() } }
            group.addTask { gate.open(count) }
        }
    }

    // In a process of its own: it counts descriptors, and takes them away.
    @Test("Whichever descriptor is lacking, a loop that cannot begin leaves none open")
    func beginsOrLeavesNothing() async {
        await #expect(processExitsWith: .success) {
            func limit(to count: Int) {
                var limit = rlimit()
                getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
                limit.rlim_cur = rlim_t(count)
                setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            }
            func openDescriptors() throws -> Int {
                try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
            }
            try EventLoop(name: "first") { _ in }.stop()
            let before = try openDescriptors()
            var failures = 0
            for allowed in before..<before + 16 {
                limit(to: allowed)
                do {
                    let loop = try EventLoop(name: "limited") { _ in }
                    limit(to: 1024)
                    loop.stop()
                } catch {
                    failures += 1
                }
                limit(to: 1024)
                let after = try openDescriptors()
                #expect(after == before, "of \(allowed) allowed: \(after) open after \(before)")
            }
            #expect(failures > 3 && failures < 16, "\(failures) failures")
        }
    }

    // In a process of its own: it counts descriptors.
    @Test("A server that has stopped leaves no loop behind in the scheme that it shared")
    func isForgottenByItsScheme() async {
        await #expect(processExitsWith: .success) {
            func openDescriptors() throws -> Int {
                try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
            }
            let scheme = RememberingScheme()
            func serveOnce() async throws {
                let server = try SocketServer(
                    OrderService(hub: OrderEventHub(), auth: scheme), ServerConfiguration(),
                    transports: [SSETransport()])
                await server.stop()
            }
            try await serveOnce()
            let before = try openDescriptors()
            for _ in 0..<3 { try await serveOnce() }
            let after = try openDescriptors()
            #expect(after == before, "\(after) open after \(before)")
        }
    }

    // In a process of its own: OpenSSL gets no memory there.
    @Test("A raw socket for which OpenSSL has no memory fails, and sends nothing in the clear")
    func rawSocketsStayWithinTLS() async {
        await #expect(processExitsWith: .success) {
            typealias Allocate = @convention(c) (Int, UnsafePointer<CChar>?, CInt) -> UnsafeMutableRawPointer?
            typealias Reallocate =
                @convention(c) (UnsafeMutableRawPointer?, Int, UnsafePointer<CChar>?, CInt) -> UnsafeMutableRawPointer?
            typealias Free = @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, CInt) -> Void
            typealias SetFunctions = @convention(c) (Allocate, Reallocate, Free) -> CInt
            let symbol = try #require(dlsym(nil, "CRYPTO_set_mem_functions"))
            let isSet = unsafeBitCast(symbol, to: SetFunctions.self)(
                { count, _, _ in OpenSSLMemory.isGone ? nil : malloc(count) },
                { pointer, count, _, _ in OpenSSLMemory.isGone ? nil : realloc(pointer, count) },
                { pointer, _, _ in free(pointer) })
            #expect(isSet == 1, "OpenSSL has taken memory already")
            let certificate = try SelfSigned()
            let tls = try RawTLS(authority: certificate.certificate)
            OpenSSLMemory.isGone = true
            let failure = #expect(throws: LWSError.self) { try RawSocket(host: "127.0.0.1", port: 1, tls: tls) }
            #expect(failure?.function == "SSL_new", "\(String(describing: failure))")
        }
    }

    @Test("A name is no address for a raw socket")
    func rawSocketsTakeAddresses() throws {
        let failure = try #require(throws: LWSError.self) { _ = try RawSocket(host: "localhost", port: 1) }
        #expect(failure.function == "inet_pton")
    }
}

private enum OpenSSLMemory {
    /// Written and read by the one thread of a process.
    nonisolated(unsafe) static var isGone = false
}

/// Everybody's scheme, which keeps what it is to tell.
private final class RememberingScheme: AuthScheme {
    private let watchers = Mutex<[@Sendable () -> Void]>([])

    var name: String { "remembering" }
    var challenge: String? { nil }
    func authenticate(_ request: some HandshakeRequest) throws(AuthenticationFailure) -> Principal {
        Principal(subject: "anyone", scopes: [.read])
    }
    func watchStatuses(_ notify: @escaping @Sendable () -> Void) { watchers.withLock { $0.append(notify) } }
}

/// Lets threads through that wait at it.
private final class Gate: Sendable {
    private nonisolated(unsafe) let semaphore: UnsafeMutablePointer<sem_t> = {
        let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
        return semaphore
    }()

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func wait() { while sem_wait(semaphore) != 0 {} }
    func open(_ count: Int) { for _ in 0..<count { sem_post(semaphore) } }
}
