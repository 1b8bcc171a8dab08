import AuthStudy
import LWS
import OrderUpdates
import Testing
import TransportCore

@Suite struct FailingPeerTests {
    private static let page: Origin = "http://127.0.0.1:1"
    private static let events = "GET /orders/order-0/events HTTP/1.1\r\nhost: a\r\n\r\n"
    private static let upgrade =
        "GET /orders/order-0/socket HTTP/1.1\r\nhost: a\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

    /// What a peer says to a request, before and after it strikes.
    private func said(
        _ failure: FailingPeer.Failure, to request: String, until mark: String?
    ) throws -> (before: String, after: RawSocket.Received) {
        let peer = try FailingPeer(failure, allowing: Self.page)
        defer { peer.stop() }
        let socket = try RawSocket(host: peer.endpoint.host, port: peer.endpoint.port)
        #expect(socket.send(Array(request.utf8)))
        var before: [UInt8] = []
        while let mark, !String(decoding: before, as: UTF8.self).contains(mark) {
            guard case .bytes(let bytes) = socket.receive(within: .seconds(10)) else { break }
            before += bytes
        }
        peer.strike()
        let patience = Duration.milliseconds(mark == nil ? 100 : 10_000)
        return (String(decoding: before, as: UTF8.self), socket.receive(within: patience))
    }

    @Test("It opens a stream with a snapshot that the page may read, and then sends a chunk without a size")
    func breaksChunks() throws {
        let (before, after) = try said(.protocolError, to: Self.events, until: "order-0")
        #expect(before.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(before.contains("access-control-allow-origin: http://127.0.0.1:1\r\n"))
        #expect(before.contains("event: order.snapshot\n"))
        #expect(after == .bytes(Array("no size\r\nno\r\n".utf8)))
    }

    @Test("It opens a WebSocket with the answer to its key (RFC 6455, section 1.3), and then sends a reserved opcode")
    func breaksFrames() throws {
        let (before, after) = try said(.protocolError, to: Self.upgrade, until: "order-0")
        #expect(before.contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
        #expect(after == .bytes([0x83, 2] + Array("no".utf8)))
    }

    @Test("It resets a stream", arguments: [events, upgrade])
    func resets(_ request: String) throws {
        let (before, after) = try said(.reset, to: request, until: "order-0")
        #expect(!before.isEmpty)
        #expect(after == .end("Connection reset by peer"))
    }

    @Test("It answers nothing", arguments: [events, upgrade])
    func isSilent(_ request: String) throws {
        let (before, after) = try said(.silence, to: request, until: nil)
        #expect(before.isEmpty)
        #expect(after == .nothing)
    }
}
