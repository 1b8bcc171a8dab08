import Testing
import TransportCore
import Transports

/// A peer that begins HTTP/2 and opens no stream has the deadline of one that sends no header.
@Suite(.ownThreads) struct SilentHTTP2PeerTests {
    @Test(
        "A connection without a request ends at the header deadline, and one that has had a request or has begun one stays",
        arguments: [false, true])
    func ends(isTLS: Bool) async throws {
        let certificate = try SelfSigned()
        let test = try TestServer {
            $0.limits.headerDeadline = .seconds(4)
            $0.h2c = !isTLS
            if isTLS { $0.tls = .init(certificate: certificate.certificate, key: certificate.key) }
        }
        func connect() throws -> RawHTTP2 {
            try RawHTTP2(test.endpoint, authority: isTLS ? certificate.certificate : nil)
        }
        let used = try connect()
        used.send(.get("/healthz", stream: 1))
        #expect(used.next(1)?.stream == 1)
        // Other frames are no requests.
        let silent = try connect()
        silent.send(.ping)
        #expect(silent.next(6)?.flags == 1)
        let late = try connect()
        try await Task.sleep(for: .seconds(2))
        let request = RawHTTP2.Frame.get("/healthz", stream: 1)
        late.send(.headers(request.payload.prefix(3), endsHead: false))
        #expect(silent.hasEnded())
        // The rest of a head that began in time comes after the connection's deadline.
        late.send(.continuation(request.payload.dropFirst(3)))
        #expect(late.next(1)?.stream == 1)
        // The oldest.
        used.send(.ping)
        #expect(used.next(6)?.flags == 1)
        // It stays for a moment, for its peer to read why.
        try await test.waitUntil("the silent peer is gone") { $0.connections == 2 }
        await test.server.stop()
    }
}
