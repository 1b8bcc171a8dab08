import Glibc
import Synchronization

/// A server that says on each connection what it is told to, in pieces that reach the client one by one.
final class ScriptedServer: Sendable {
    let port: Int
    private let listener: Int32
    private let heard = Mutex<[[UInt8]]>([])

    /// What the client has said on its last connection.
    var request: String { requests.last ?? "" }

    /// By connection.
    var requests: [String] { heard.withLock { $0.map { String(decoding: $0, as: UTF8.self) } } }

    /// - Parameters:
    ///   - pieces: sent when a request's header has come, each in a segment of its own.
    ///   - closes: whether the connection ends behind them; if not, it ends with the client's.
    convenience init(_ pieces: [[UInt8]], closes: Bool) {
        self.init(connections: [pieces], closes: closes) { pieces, _ in pieces }
    }

    /// - Parameter answer: what is sent on a connection, of its element and the client's request.
    init<Script: Sendable>(
        connections: [Script], closes: Bool, answer: @escaping @Sendable (Script, _ request: String) -> [[UInt8]]
    ) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                precondition(bind(listener, generic, length) == 0 && listen(listener, 1) == 0, "no loopback")
                getsockname(listener, generic, &length)
            }
        }
        port = Int(in_port_t(bigEndian: address.sin_port))
        self.listener = listener
        let thread = Thread { [self] in
            for script in connections { serve(closes: closes) { answer(script, $0) } }
            close(listener)
        }
        thread.start()
    }

    private func serve(closes: Bool, _ answer: (String) -> [[UInt8]]) {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        heard.withLock { $0.append([]) }
        var on: Int32 = 1
        setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        var bytes = [UInt8](repeating: 0, count: 4096)
        repeat {
            let count = recv(connection, &bytes, bytes.count, 0)
            guard count > 0 else { break }
            heard.withLock { $0[$0.count - 1] += bytes[..<count] }
        } while !request.contains("\r\n\r\n")
        for (index, piece) in answer(request).enumerated() {
            // Not a matter of the outcome: it makes it likely that the client reads the pieces one by one.
            if index > 0 { usleep(5_000) }
            _ = send(connection, piece, piece.count, Int32(MSG_NOSIGNAL))
        }
        if closes { shutdown(connection, Int32(SHUT_WR)) }
        while recv(connection, &bytes, bytes.count, 0) > 0 {}
        close(connection)
    }

    /// A thread that ends by itself.
    private struct Thread {
        let body: @Sendable () -> Void

        func start() {
            final class Box {
                let body: @Sendable () -> Void; init(_ body: @escaping @Sendable () -> Void) { self.body = body }
            }
            var thread = pthread_t()
            pthread_create(
                &thread, nil,
                { argument in
                    Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().body()
                    return nil
                }, Unmanaged.passRetained(Box(body)).toOpaque())
            pthread_detach(thread)
        }
    }
}
