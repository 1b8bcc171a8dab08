import Glibc
import LWS
import TransportCore

/// A request that opens a stream over HTTP/1.1, without a client: the header of its answer is read, and the stream is
/// not.
struct OpeningRequest: Sendable {
    var path: String
    var headers: [(name: String, value: String)]
    private static let patience = timeval(tv_sec: 3, tv_usec: 0)

    /// Returns the header of the answer; empty where the peer ended the connection without one. Blocks the calling
    /// thread, usually for some milliseconds.
    func send(to endpoint: Endpoint, authority: String?) async throws -> String {
        let descriptor = try LoopbackSocket.connect(to: endpoint.port)
        var patience = Self.patience
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var text = "GET \(path) HTTP/1.1\r\nhost: \(endpoint.host):\(endpoint.port)\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        text += "\r\n"
        guard endpoint.tls else {
            defer { close(descriptor) }
            _ = Glibc.send(descriptor, text, text.utf8.count, Int32(MSG_NOSIGNAL))
            return Self.header { recv(descriptor, $0, $1, 0) }
        }
        let peer = try TLSPeer(over: descriptor, host: endpoint.host, trustedAuthorities: authority)
        peer.write(text)
        return Self.header { peer.read($0, $1) }
    }

    private static func header(_ read: (UnsafeMutableRawPointer, Int) -> Int) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while bytes.count < 64 * 1024 {
            let count = buffer.withUnsafeMutableBytes { read($0.baseAddress!, $0.count) }
            guard count > 0 else { break }
            bytes += buffer[..<count]
            let text = String(decoding: bytes, as: UTF8.self)
            if let end = text.firstRange(of: "\r\n\r\n") { return String(text[..<end.lowerBound]) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
