import LWS
import Testing
import TransportCore
import Transports

/// What is told of HTTP/2 before anything is served (RFC 9113, section 6.5.2).
@Suite(.ownThreads) struct HTTP2SettingsTests {
    /// libwebsockets 4.1 loses entries of HPACK's dynamic table, an Origin among them.
    @Test("a peer is to keep no dynamic table, in the clear and within TLS", arguments: [false, true])
    func noDynamicTable(isTLS: Bool) async throws {
        let certificate = try SelfSigned()
        let test = try TestServer {
            $0.h2c = !isTLS
            if isTLS { $0.tls = .init(certificate: certificate.certificate, key: certificate.key) }
        }
        let socket = try RawSocket(
            host: test.endpoint.host, port: test.endpoint.h2cPort ?? test.endpoint.port,
            tls: isTLS ? RawTLS(authority: certificate.certificate) : nil, applicationProtocol: "h2")
        socket.send(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0])
        var received: [UInt8] = []
        var settings: [UInt8]?
        while settings == nil, case .bytes(let bytes) = socket.receive(within: .seconds(20)) {
            received += bytes
            guard received.count >= 9, received[3] == 4 else { continue }
            let length = Int(received[0]) << 16 | Int(received[1]) << 8 | Int(received[2])
            if received.count >= 9 + length { settings = Array(received[9..<9 + length]) }
        }
        let entries = try #require(settings, "\(received)")
        let table = stride(from: 0, to: entries.count - 5, by: 6).filter { entries[$0] == 0 && entries[$0 + 1] == 1 }
        #expect(table.map { Array(entries[$0 + 2..<$0 + 6]) } == [[0, 0, 0, 0]], "\(entries)")
        await test.server.stop()
    }
}
