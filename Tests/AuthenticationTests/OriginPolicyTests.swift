import Authentication
import Clocks
import OrderUpdates
import Testing
import TransportCore

/// From which pages a session's cookie may come.
@Suite struct OriginPolicyTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var headers: [String: String]
        var transport: TransportName?
        var isTLS = true
        var isAllowed: Bool

        init(
            _ what: String, _ headers: [String: String], over transport: TransportName? = .sse, tls: Bool = true,
            _ isAllowed: Bool
        ) {
            testDescription = what
            self.headers = headers
            self.transport = transport
            isTLS = tls
            self.isAllowed = isAllowed
        }
    }

    private static let shop: Origin = "https://shop.example"

    static let rows = [
        // The list.
        Row("a page on the list", ["origin": shop.description], true),
        Row("the second on the list", ["origin": "http://localhost:3000"], true),
        Row("another page", ["origin": "https://evil.example"], false),
        Row("a name that the allowed one begins", ["origin": "https://shop.example.evil.example"], false),
        Row("a name that ends in the allowed one", ["origin": "https://evilshop.example"], false),
        Row("a subdomain", ["origin": "https://www.shop.example"], false),
        Row("another port", ["origin": "https://shop.example:8443"], false),
        Row("the default port, which browsers leave out", ["origin": "https://shop.example:443"], false),
        Row("another scheme", ["origin": "http://shop.example"], false),
        Row("a path behind it", ["origin": "https://shop.example/"], false),
        Row("capitals, which browsers never send", ["origin": "https://SHOP.example"], false),
        Row("two origins", ["origin": "https://shop.example, https://evil.example"], false),
        Row("an empty origin", ["origin": ""], false),
        // An opaque origin (a sandboxed frame, a file) is everyone's: neither sent nor listed does it count.
        Row("null", ["origin": "null"], false),
        // `*` on the list counts for nothing, as all pages would act as whoever looks at them.
        Row("a star", ["origin": "*"], false),
        // The server's own pages.
        Row("the server's own", ["origin": "https://api.example:8443", "host": "api.example:8443"], true),
        Row("its own without TLS", ["origin": "http://api.example", "host": "api.example"], tls: false, true),
        Row("its name over plain HTTP", ["origin": "http://api.example", "host": "api.example"], false),
        Row("its name at another port", ["origin": "https://api.example:1", "host": "api.example"], false),
        Row("another Host", ["origin": "https://evil.example", "host": "api.example"], false),
        // Without an origin: programs, and browsers where they navigate or read from their own origin.
        Row("no origin", [:], true),
        Row("no origin, of the same origin", ["sec-fetch-site": "same-origin"], true),
        Row("no origin, typed by the user", ["sec-fetch-site": "none"], true),
        Row("no origin, of another site", ["sec-fetch-site": "cross-site"], false),
        // Browsers send an origin with every WebSocket (RFC 6455, section 4.1).
        Row("a WebSocket of an allowed page", ["origin": shop.description], over: .websocket, true),
        Row("a WebSocket without an origin", [:], over: .websocket, false),
        Row("a WebSocket of another page", ["origin": "https://evil.example"], over: .websocket, false),
        Row("a WebSocket of null", ["origin": "null"], over: .websocket, false),
    ]

    @Test("A cookie is accepted from the server's own pages, listed origins and programs alone", arguments: rows)
    func judges(row: Row) throws {
        let bench = try CookieBench(allowed: [Self.shop, "http://localhost:3000", "*", "null"], tls: row.isTLS)
        var request = bench.request()
        request.headers = row.headers
        request.target.transport = row.transport
        let failure = bench.scheme.refusal(of: request)
        #expect(failure?.kind == (row.isAllowed ? nil : .crossSite))
        #expect(failure == nil || failure?.status == 403)
    }

    @Test("A client certificate is accepted from the same pages as a cookie", arguments: rows)
    func judgesCertificatesAlike(row: Row) {
        guard row.transport != .websocket else { return }
        let scheme = MutualTLSScheme(
            scopes: [.read], origins: OriginPolicy(allowed: [Self.shop, "http://localhost:3000", "*", "null"]),
            clock: ManualClock())
        var request = Handshake()
        request.headers = row.headers
        request.isTLS = row.isTLS
        request.clientCertificate = ClientCertificate(
            commonNames: ["alice"], serialNumber: "1", notBefore: 0, notAfter: 2_000_000_000)
        #expect(scheme.refusal(of: request)?.kind == (row.isAllowed ? nil : .crossSite))
    }
}
