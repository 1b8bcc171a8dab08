import Clocks
import Glibc
import Synchronization
import Threads

/// A relay between a client and a server. It counts connections, bytes, and how often the client had to wait.
///
/// It delays both directions equally, so that the parts of one flight arrive together. A round trip is then a flight
/// of the client's that answers one of the server's, or that begins a connection. Within TLS nothing more can be
/// seen.
final class CountingRelay: Sendable {
    struct Count: Hashable, Sendable {
        var connections = 0
        /// The client's flights: one each time that it sends after the server, or first.
        var flights = 0
        var bytesUp = 0
        var bytesDown = 0

        /// Setting up a connection takes a round trip of its own.
        var roundTrips: Int { connections + flights }

        static func - (later: Self, earlier: Self) -> Self {
            Self(
                connections: later.connections - earlier.connections, flights: later.flights - earlier.flights,
                bytesUp: later.bytesUp - earlier.bytesUp, bytesDown: later.bytesDown - earlier.bytesDown)
        }
    }

    private struct Shared: Sendable {
        var count = Count()
        var isStopped = false
    }

    let port: Int
    private let upstreamPort: Int
    private let shared = Mutex(Shared())
    private let listener: Int32
    private let delay: Int64
    // Written by `start`, before the thread is joined.
    private let thread = Mutex<SystemThread?>(nil)

    /// - Parameter delay: of each direction. It is much longer than a client needs between two writes of one flight.
    init(to upstreamPort: Int, delay: Duration = .milliseconds(4)) throws {
        self.upstreamPort = upstreamPort
        self.delay = delay.nanoseconds
        (listener, port) = try LoopbackSocket.listen()
    }

    var count: Count { shared.withLock { $0.count } }

    /// - Throws: where no thread can be created.
    func start() throws(SystemThread.Failure) {
        let started = try SystemThread { self.run() }
        thread.withLock { $0 = started }
    }

    /// Cuts the open connections. Blocks for some milliseconds.
    func stop() {
        shared.withLock { $0.isStopped = true }
        thread.withLock({ $0.take() })?.join()
        close(listener)
    }

    // MARK: The thread

    private struct Chunk {
        var due: Int64
        /// Empty at the end of the stream.
        var bytes: [UInt8]
    }

    private final class Pair {
        let client: Int32
        let server: Int32
        var up: [Chunk] = []
        var down: [Chunk] = []
        var clientMaySend = true
        var serverMaySend = true
        var isAnswered = true

        init(client: Int32, server: Int32) {
            self.client = client
            self.server = server
        }
    }

    private func run() {
        let clock = MonotonicClock()
        var pairs: [Pair] = []
        while !shared.withLock({ $0.isStopped }) {
            var polls = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
            for pair in pairs {
                polls.append(pollfd(fd: pair.client, events: pair.clientMaySend ? Int16(POLLIN) : 0, revents: 0))
                polls.append(pollfd(fd: pair.server, events: pair.serverMaySend ? Int16(POLLIN) : 0, revents: 0))
            }
            poll(&polls, nfds_t(polls.count), 1)
            let now = clock.now.nanoseconds
            for (index, pair) in pairs.enumerated() {
                if polls[1 + 2 * index].revents != 0, pair.clientMaySend { receive(pair, fromClient: true, now) }
                if polls[2 + 2 * index].revents != 0, pair.serverMaySend { receive(pair, fromClient: false, now) }
                deliver(pair, now)
            }
            pairs.removeAll { pair in
                let isOver = !pair.clientMaySend && !pair.serverMaySend && pair.up.isEmpty && pair.down.isEmpty
                if isOver { [pair.client, pair.server].forEach { close($0) } }
                return isOver
            }
            if polls[0].revents != 0, let pair = accept() { pairs.append(pair) }
        }
        for pair in pairs { [pair.client, pair.server].forEach { close($0) } }
    }

    private func accept() -> Pair? {
        let client = Glibc.accept(listener, nil, nil)
        guard client >= 0 else { return nil }
        // So that children of other tasks do not inherit it.
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        guard let server = try? LoopbackSocket.connect(to: upstreamPort) else {
            close(client)
            return nil
        }
        shared.withLock { $0.count.connections += 1 }
        return Pair(client: client, server: server)
    }

    private func receive(_ pair: Pair, fromClient: Bool, _ now: Int64) {
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        let count = max(0, recv(fromClient ? pair.client : pair.server, &buffer, buffer.count, Int32(MSG_DONTWAIT)))
        let chunk = Chunk(due: now + delay, bytes: Array(buffer[..<count]))
        if fromClient {
            pair.up.append(chunk)
            if count == 0 { pair.clientMaySend = false }
            shared.withLock { shared in
                shared.count.bytesUp += count
                if pair.isAnswered, count > 0 { shared.count.flights += 1 }
            }
            if count > 0 { pair.isAnswered = false }
        } else {
            pair.down.append(chunk)
            if count == 0 { pair.serverMaySend = false }
            shared.withLock { $0.count.bytesDown += count }
        }
    }

    private func deliver(_ pair: Pair, _ now: Int64) {
        while let chunk = pair.up.first, chunk.due <= now {
            pair.up.removeFirst()
            Self.write(chunk.bytes, to: pair.server)
        }
        while let chunk = pair.down.first, chunk.due <= now {
            pair.down.removeFirst()
            if !chunk.bytes.isEmpty { pair.isAnswered = true }
            Self.write(chunk.bytes, to: pair.client)
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        guard !bytes.isEmpty else {
            shutdown(descriptor, Int32(SHUT_WR))
            return
        }
        // The bytes fit a socket's buffer. A peer that has gone is noticed by the next read.
        _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}
