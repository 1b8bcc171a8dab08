import Glibc

/// A blocking connection that reads what the server writes, byte for byte. An end of the connection is nil.
///
/// It comes from another address than the server's: else, while the server is down, the kernel could give it the server's own
/// port and connect it to itself.
final class WireClient {
    private let socket: Int32
    private var buffer: [UInt8] = []
    private var start = 0
    private let isOver: () -> Bool

    /// Nil where nobody listens.
    init?(port: Int, isOver: @escaping () -> Bool) {
        self.isOver = isOver
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        // So that the end of the test is noticed; and, for connect, as a SYN that meets a listener which is being closed is
        // dropped: the kernel sends the next one a second later, thirty lives of a server on.
        var patience = timeval(tv_sec: 0, tv_usec: 50_000)
        for direction in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(socket, SOL_SOCKET, direction, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        guard Self.call(bind, socket, "127.0.0.2", 0), Self.call(connect, socket, "127.0.0.1", port) else { return nil }
    }

    deinit { close(socket) }

    private static func call(
        _ function: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32, _ socket: Int32, _ host: String, _ port: Int
    ) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                function(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    func send(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    func get(_ path: String, headers: String = "") -> Bool {
        send("GET \(path) HTTP/1.1\r\nHost: test\r\n\(headers)\r\n")
    }

    func post(_ path: String, _ json: String) -> Bool {
        send(
            "POST \(path) HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(json.utf8.count)\r\n\r\n\(json)")
    }

    private func fill() -> Bool {
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        var bytes = [UInt8](repeating: 0, count: 16 * 1024)
        while !isOver() {
            let count = recv(socket, &bytes, bytes.count, 0)
            if count > 0 {
                buffer += bytes[..<count]
                return true
            }
            guard count < 0, errno == EAGAIN || errno == EINTR else { return false }
        }
        return false
    }

    func read(_ count: Int) -> [UInt8]? {
        while buffer.count - start < count { guard fill() else { return nil } }
        defer { start += count }
        return Array(buffer[start..<start + count])
    }

    /// A line without its line feed.
    func line() -> String? {
        var searched = 0
        while true {
            if let end = buffer[(start + searched)...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return String(decoding: buffer[start..<end], as: UTF8.self)
            }
            searched = buffer.count - start
            guard fill() else { return nil }
        }
    }

    struct Head {
        var status: Int
        var length: Int
    }

    func head() -> Head? {
        guard let first = line(), let status = Int(first.split(separator: " ").dropFirst().first ?? "") else {
            return nil
        }
        var head = Head(status: status, length: 0)
        while let field = line() {
            guard field != "\r" else { return head }
            if field.lowercased().hasPrefix("content-length:") {
                head.length = Int(field.dropFirst(15).filter(\.isNumber)) ?? 0
            }
        }
        return nil
    }

    func response() -> (status: Int, body: [UInt8])? {
        guard let head = head(), let body = read(head.length) else { return nil }
        return (head.status, body)
    }

    /// A frame of a server (RFC 6455, section 5.2): not masked, and not in fragments.
    func frame() -> (opcode: UInt8, payload: [UInt8])? {
        guard let head = read(2) else { return nil }
        var length = Int(head[1] & 0x7F)
        if length >= 126 {
            guard let more = read(length == 126 ? 2 : 8) else { return nil }
            length = more.reduce(0) { $0 << 8 | Int($1) }
        }
        return read(length).map { (head[0] & 0x0F, $0) }
    }
}
