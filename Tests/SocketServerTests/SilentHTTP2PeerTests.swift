import Testing
import TransportCore
import Transports

/// A peer that begins HTTP/2 and opens no stream has the deadline of one that sends no header.
@Suite(.ownThreads) struct SilentHTTP2PeerTests {
    @Test(
        "a connection without a stream is told so and ends at the header deadline, and one that has had a stream stays",
        arguments: [false, true])
    func ends(isTLS: Bool) async throws {
        let certificate = try SelfSigned()
        let test = try TestServer {
            $0.limits.headerDeadline = .seconds(1)
            $0.h2c = !isTLS
            if isTLS { $0.tls = .init(certificate: certificate.certificate, key: certificate.key) }
        }
        func connect() throws -> RawHTTP2 {
            try RawHTTP2(test.endpoint, authority: isTLS ? certificate.certificate : nil)
        }
        let used = try connect()
        used.send(.get("/healthz", stream: 1))
        #expect(used.next(1)?.stream == 1)
        // Other frames are no streams.
        let silent = try connect()
        silent.send(.ping)
        #expect(silent.next(6)?.flags == 1)
        // GOAWAY: no stream, no error (RFC 9113, section 6.8).
        let farewell = silent.next(7)
        #expect(farewell?.payload.prefix(8) == [0, 0, 0, 0, 0, 0, 0, 0], "\(String(describing: farewell))")
        #expect(silent.hasEnded())
        try await test.settle("the silent peer is gone") { $0.connections <= 1 }
        // The other is the older.
        used.send(.ping)
        #expect(used.next(6)?.flags == 1)
        #expect(test.server.statistics.connections == 1)
        await test.server.stop()
    }
}
