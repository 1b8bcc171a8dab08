import Testing
import TransportCore
import Transports

/// What is told of HTTP/2 before anything is served (RFC 9113, section 6.5.2).
@Suite(.ownThreads) struct HTTP2SettingsTests {
    @Test(
        "A peer is told of streams and heads what is served, and of the rest what holds without a word",
        arguments: [false, true])
    func settings(isTLS: Bool) async throws {
        let certificate = try SelfSigned()
        let test = try TestServer {
            $0.h2c = !isTLS
            $0.limits.http2Streams = 20
            $0.limits.headerBytes = 9000
            if isTLS { $0.tls = .init(certificate: certificate.certificate, key: certificate.key) }
        }
        let client = try RawHTTP2(test.endpoint, authority: isTLS ? certificate.certificate : nil)
        let entries = try #require(client.next(4)?.payload)
        var told: [UInt8: Int] = [:]
        for start in stride(from: 0, to: entries.count - 5, by: 6) {
            told[entries[start + 1]] = entries[(start + 2)..<(start + 6)].reduce(0) { $0 << 8 | Int($1) }
        }
        // No push, a quarter more streams than are served, and the bytes of a head; no WebSockets (RFC 8441).
        #expect(told == [2: 0, 3: 25, 6: 9000], "\(entries)")
        await test.server.stop()
    }
}
