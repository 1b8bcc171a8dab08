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
        let client = try RawHTTP2(test.endpoint, authority: isTLS ? certificate.certificate : nil)
        let entries = try #require(client.next(4)?.payload)
        let table = stride(from: 0, to: entries.count - 5, by: 6).filter { entries[$0] == 0 && entries[$0 + 1] == 1 }
        #expect(table.map { Array(entries[$0 + 2..<$0 + 6]) } == [[0, 0, 0, 0]], "\(entries)")
        await test.server.stop()
    }
}
