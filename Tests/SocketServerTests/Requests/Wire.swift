import LWS
import Testing
import TransportCore

/// A connection over HTTP/1.1 in the clear or within TLS, of which a test sends each byte.
final class Wire {
    /// Of what libwebsockets reads, the four kinds: a request is the first of its connection or not.
    struct Path: CustomTestStringConvertible, Sendable {
        var isTLS: Bool
        var isFirst: Bool

        static let all = [
            Path(isTLS: false, isFirst: true), Path(isTLS: false, isFirst: false), Path(isTLS: true, isFirst: true),
            Path(isTLS: true, isFirst: false),
        ]

        var testDescription: String { "\(isTLS ? "TLS" : "plain"), \(isFirst ? "first" : "kept alive")" }
    }

    enum Failure: Error {
        /// What the test waited for did not come in 20 seconds.
        case hung(received: String)
    }

    private let socket: RawSocket
    private var received: [UInt8] = []
    var text: String { String(decoding: received, as: UTF8.self) }

    init(_ endpoint: Endpoint, _ tls: RawTLS?, applicationProtocol: String = "http/1.1") throws {
        socket = try RawSocket(
            host: endpoint.host, port: endpoint.port, tls: tls, applicationProtocol: applicationProtocol)
    }

    /// What ALPN has agreed on; nil for nothing.
    var agreedProtocol: String? { socket.agreedProtocol }

    /// Returns false where the connection has ended.
    @discardableResult
    func send(_ text: String) -> Bool { socket.send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) { socket.send(bytes) }

    /// Reads until what has come is enough. Returns false where the connection ends before.
    @discardableResult
    func read(until isEnough: (String) -> Bool) throws -> Bool {
        while !isEnough(text) {
            switch socket.receive(within: .seconds(20)) {
            case .bytes(let bytes): received += bytes
            case .end: return false
            case .nothing: throw Failure.hung(received: text)
            }
        }
        return true
    }

    /// The statuses of the answers so far.
    var statuses: [String] {
        text.split(separator: "HTTP/1.1 ").filter { $0.first?.isNumber == true }.map { String($0.prefix(3)) }
    }

    func forget() { received = [] }
}

/// A server and a way to it.
struct WireServer {
    let test: TestServer
    private let certificate: SelfSigned?
    private let tls: RawTLS?
    private let path: Wire.Path

    init(_ path: Wire.Path, _ configure: (inout ServerConfiguration) -> Void = { _ in }) throws {
        self.path = path
        let certificate = path.isTLS ? try SelfSigned() : nil
        self.certificate = certificate
        tls = try certificate.map { try RawTLS(authority: $0.certificate) }
        test = try TestServer {
            if let certificate { $0.tls = .init(certificate: certificate.certificate, key: certificate.key) }
            configure(&$0)
        }
    }

    /// A connection whose next request is of the server's path.
    func connect() throws -> Wire {
        let wire = try Wire(test.endpoint, tls)
        guard !path.isFirst else { return wire }
        wire.send("GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n")
        try wire.read { $0.hasSuffix("}") }
        wire.forget()
        return wire
    }

    /// Sends pieces, and then a request that must be the last to be answered. Returns the statuses of the answers before that, and
    /// whether it was answered at all.
    func ask(_ pieces: [String]) throws -> (statuses: [String], isOpen: Bool, text: String) {
        let wire = try connect()
        for piece in pieces { wire.send(piece) }
        wire.send("GET /orders/probe HTTP/1.1\r\nHost: test\r\n\r\n")
        let isOpen = try wire.read { $0.contains("there is no order probe") }
        return (isOpen ? wire.statuses.dropLast() : wire.statuses, isOpen, wire.text)
    }
}
