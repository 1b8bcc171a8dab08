import Glibc
import LWS
import Synchronization
import Threads
package import TransportCore

/// A server that fails on the wire in ways that `tandem serve` does not. It opens the same streams on a bare socket and sends one
/// snapshot in each; `strike` makes it fail.
package final class FailingPeer: Sendable {
    package enum Failure: Sendable, CaseIterable {
        /// Sends invalid bytes: a reserved opcode (RFC 6455, section 5.2), or a chunk whose size is no number (RFC 9112, section 7.1).
        case protocolError
        /// Resets every stream (RFC 9293, section 3.5.2), as a rebooted host or an intermediary does.
        case reset
        /// Accepts connections and requests, and never answers.
        case silence
    }

    private enum Stream {
        case events, socket
    }

    private struct Connection {
        let descriptor: Int32
        var unread: [UInt8] = []
        /// Nil before a request for a stream.
        var stream: Stream?
    }

    private struct Orders: Sendable {
        var strikes = false
        var stops = false
    }

    package let endpoint: Endpoint
    private let failure: Failure
    private let origin: Origin
    private let listener: Int32
    private let orders = Mutex(Orders())
    // Written by `init` before the thread is joined.
    private let thread = Mutex<SystemThread?>(nil)

    /// - Parameter origin: the page that may call.
    /// - Throws: where no socket or thread can be created.
    package init(_ failure: Failure, allowing origin: Origin) throws {
        self.failure = failure
        self.origin = origin
        let port: Int
        (listener, port) = try LoopbackSocket.listen()
        endpoint = Endpoint(host: "127.0.0.1", port: port)
        do {
            let started = try SystemThread { self.run() }
            thread.withLock { $0 = started }
        } catch {
            close(listener)
            throw error
        }
    }

    /// Applies the failure to every stream.
    package func strike() { orders.withLock { $0.strikes = true } }

    /// Cuts all connections. Blocks for some milliseconds.
    package func stop() {
        orders.withLock { $0.stops = true }
        guard let thread = thread.withLock({ $0.take() }) else { return }
        thread.join()
        close(listener)
    }

    // MARK: The thread

    private func run() {
        var connections: [Connection] = []
        while true {
            let orders = orders.withLock { orders in
                defer { orders.strikes = false }
                return orders
            }
            guard !orders.stops else { break }
            if orders.strikes { connections = connections.compactMap(struck) }
            var polls = ([listener] + connections.map(\.descriptor)).map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            poll(&polls, nfds_t(polls.count), 5)
            connections = zip(connections, polls.dropFirst()).compactMap { $1.revents == 0 ? $0 : served($0) }
            if polls[0].revents != 0, case let descriptor = accept(listener, nil, nil), descriptor >= 0 {
                // Child processes of other tasks must not inherit it.
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
                connections.append(Connection(descriptor: descriptor))
            }
        }
        for connection in connections { close(connection.descriptor) }
    }

    /// The connection after the failure; nil where it is closed.
    private func struck(_ connection: Connection) -> Connection? {
        guard let stream = connection.stream else { return connection }
        switch failure {
        case .silence: break
        case .protocolError:
            send(connection, stream == .socket ? [0x83, 2] + "no".utf8 : Array("no size\r\nno\r\n".utf8))
        case .reset:
            var abort = linger(l_onoff: 1, l_linger: 0)
            setsockopt(
                connection.descriptor, SOL_SOCKET, SO_LINGER, &abort, socklen_t(MemoryLayout<linger>.size))
            close(connection.descriptor)
            return nil
        }
        return connection
    }

    private func served(_ connection: Connection) -> Connection? {
        var (connection, buffer) = (connection, [UInt8](repeating: 0, count: 4096))
        let count = recv(connection.descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        guard count > 0 else {
            close(connection.descriptor)
            return nil
        }
        // What a client sends after its request is ignored.
        guard failure != .silence, connection.stream == nil else { return connection }
        connection.unread += buffer[..<count]
        while connection.stream == nil, let end = connection.unread.firstRange(of: Array("\r\n\r\n".utf8)) {
            let head = String(decoding: connection.unread[..<end.lowerBound], as: UTF8.self)
            connection.unread.removeSubrange(..<end.upperBound)
            answer(head, &connection)
        }
        return connection
    }

    private func answer(_ head: String, _ connection: inout Connection) {
        let allowed =
            "access-control-allow-origin: \(origin)\r\naccess-control-allow-headers: authorization\r\n"
        let update = "{\"orderId\":\"order-0\",\"status\":\"Activating\"}"
        if head.hasPrefix("OPTIONS") {
            send(connection, Array("HTTP/1.1 204 No Content\r\n\(allowed)\r\n".utf8))
        } else if let key = Self.field("sec-websocket-key", of: head) {
            connection.stream = .socket
            let message = Array("{\"type\":\"order.snapshot\",\"data\":\(update)}".utf8)
            let answer =
                "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
                + "sec-websocket-protocol: order-updates.v1\r\nsec-websocket-accept: \(ClientHandshake.accept(key))\r\n\r\n"
            // A text frame with a length of seven bits.
            send(connection, Array(answer.utf8) + [0x81, UInt8(message.count)] + message)
        } else {
            connection.stream = .events
            let event = "event: order.snapshot\ndata: \(update)\n\n"
            let answer =
                "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\(allowed)\r\n"
                + "\(String(event.utf8.count, radix: 16))\r\n\(event)\r\n"
            send(connection, Array(answer.utf8))
        }
    }

    private static func field(_ name: String, of head: String) -> String? {
        for line in head.split(separator: "\r\n").dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == name else { continue }
            return String(parts[1].drop { $0 == " " })
        }
        return nil
    }

    /// Messages fit into the socket's buffer. A client that has left is noticed when its socket is read.
    private func send(_ connection: Connection, _ bytes: [UInt8]) {
        _ = Glibc.send(connection.descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}
