import Glibc
import TransportCore

/// A blocking socket of one test, so that a test writes and reads exactly the bytes that it means.
final class RawClient {
    /// -1 once it is closed: another thread may have the number by then.
    private var socket: Int32
    private(set) var received: [UInt8] = []

    enum Failure: Error {
        case connect(Int32)
        /// What the test waited for did not come in 20 seconds: a hang, not a slow machine.
        case hung(waitingFor: String, received: String)
    }

    convenience init(_ endpoint: Endpoint, receiveBuffer: Int32? = nil) throws {
        self.init(receiveBuffer: receiveBuffer)
        try connect(to: endpoint)
    }

    /// A socket that is not connected yet.
    init(receiveBuffer: Int32? = nil) {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var size = receiveBuffer {
            setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    func connect(to endpoint: Endpoint) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(endpoint.port).bigEndian
        inet_pton(AF_INET, endpoint.host, &address.sin_addr)
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Failure.connect(errno) }
    }

    deinit { if socket >= 0 { close(socket) } }

    func send(_ text: String) {
        send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress! + offset, bytes.count - offset, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            offset += count
        }
    }

    func get(_ path: String, version: String = "1.1", headers: [String] = []) {
        send((["GET \(path) HTTP/\(version)", "Host: test"] + headers + ["", ""]).joined(separator: "\r\n"))
    }

    func post(_ path: String, _ body: String, type: String = "application/json", headers: [String] = []) {
        let all =
            ["POST \(path) HTTP/1.1", "Host: test", "Content-Type: \(type)", "Content-Length: \(body.utf8.count)"]
            + headers
        send((all + ["", body]).joined(separator: "\r\n"))
    }

    /// A text message in one masked frame (RFC 6455, section 5.2); the mask is 0, which leaves it as it is.
    func sendFrame(_ text: String) {
        precondition(text.utf8.count < 126)
        send([0x81, 0x80 | UInt8(text.utf8.count), 0, 0, 0, 0] + Array(text.utf8))
    }

    /// Forgets what has been read: a long test's memory is not to be its client's.
    func forget() {
        received = []
        searched = 0
    }

    var text: String { String(decoding: received, as: UTF8.self) }

    /// How far `read(until:)` has looked: what has come may be long.
    private var searched = 0

    /// Reads until the text has come, after what was waited for before.
    @discardableResult
    func read(until wanted: String) throws -> String {
        while !find(wanted) {
            guard try receive() else {
                throw Failure.hung(waitingFor: "'\(wanted)', but the peer closed", received: text)
            }
        }
        return text
    }

    /// Reads until what has come is enough.
    func read(until isEnough: ([UInt8]) -> Bool) throws {
        while !isEnough(received) {
            guard try receive() else { throw Failure.hung(waitingFor: "more, but the peer closed", received: text) }
        }
    }

    private func find(_ wanted: String) -> Bool {
        guard let end = Self.end(of: Array(wanted.utf8), in: received, from: searched) else {
            searched = max(searched, received.count - wanted.utf8.count + 1)
            return false
        }
        searched = end
        return true
    }

    /// Where the pattern ends that is found first from an index on.
    fileprivate static func end(of pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        bytes.withUnsafeBytes { bytes in
            var index = start
            while index + pattern.count <= bytes.count,
                let found = memchr(
                    bytes.baseAddress! + index, Int32(pattern[0]), bytes.count - index - pattern.count + 1)
            {
                if memcmp(found, pattern, pattern.count) == 0 {
                    return bytes.baseAddress!.distance(to: UnsafeRawPointer(found)) + pattern.count
                }
                index = bytes.baseAddress!.distance(to: UnsafeRawPointer(found)) + 1
            }
            return nil
        }
    }

    /// Reads until the peer closes.
    func readToEnd() throws -> String {
        while try receive() {}
        return text
    }

    /// Sends a FIN, as a page that is closed does.
    /// Whether something has come that was not read, or the end.
    var hasNews: Bool {
        var poll = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&poll, 1, 0) > 0
    }

    func leave() { shutdown(socket, Int32(SHUT_WR)) }

    /// Ends with a RST.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        close(socket)
        socket = -1
    }

    private func receive() throws -> Bool {
        var poll = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        guard Glibc.poll(&poll, 1, 20_000) == 1 else { throw Failure.hung(waitingFor: "bytes", received: text) }
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        let count = recv(socket, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        received += buffer[..<count]
        return true
    }
}

extension RawClient {
    /// How often the text has come.
    func count(of text: String) -> Int {
        let pattern = Array(text.utf8)
        var count = 0
        var index = 0
        while let end = Self.end(of: pattern, in: received, from: index) {
            count += 1
            index = end
        }
        return count
    }
}
