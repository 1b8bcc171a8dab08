import LWS
import Threads
package import TransportCore

/// Serves one blank page with page.js on an origin of its own. Browsers' clients run in this page.
package final class PageServer: Sendable {
    package let origin: Origin
    private let loop: EventLoop

    /// Serves while the body runs.
    ///
    /// - Parameter certificate: for TLS; nil without.
    /// - Throws: `LWSError` where the certificate cannot be used, or there is no socket.
    package static func run<Result>(
        certificate: CertificateFiles? = nil, _ body: (PageServer) async throws -> Result
    ) async throws -> Result {
        let server = try PageServer(certificate: certificate)
        return try await withEnd {
            await server.loop.end()
        } _: {
            try await body(server)
        }
    }

    private init(certificate: CertificateFiles?) throws {
        let script = String(decoding: PackageResources.page_js, as: UTF8.self)
        let page = "<!doctype html><meta charset=utf-8><title>observer</title><script>\(script)</script>"
        let socket = try ListeningSocket(host: "127.0.0.1", port: 0)
        origin = Origin(host: "127.0.0.1:\(socket.port)", isTLS: certificate != nil)
        do {
            loop = try EventLoop(name: "page") { context in
                try context.serve(
                    ServerListening(socket: socket, certificate: certificate?.certificate, key: certificate?.key),
                    delegate: OnePage(Array(page.utf8)))
            }
        } catch {
            socket.close()
            throw error
        }
    }
}

/// Answers every request with the page. Confined to the loop's thread.
private final class OnePage: ServerDelegate {
    private let page: [UInt8]

    init(_ page: [UInt8]) { self.page = page }

    var accepts: Bool { true }
    func connectionsChanged(by difference: Int) {}
    func refused(_ rejection: RequestRejection) -> Response { Response(status: rejection.rule.status, closes: true) }
    func received(_ exchange: Exchange) {
        exchange.respond(
            Response(status: 200, headers: [("content-type", "text/html; charset=utf-8")], body: page))
    }
    func receivedBody(of exchange: Exchange) {}
    func cutUnread(_ cause: String) {}
    func abandoned(_ exchange: Exchange) {}

    // It has no streams.
    func subprotocol(of offered: [String], at path: [Substring]) -> String? { nil }
    func upgrade(_ request: Exchange) -> UpgradeVerdict { .refuse(Response(status: 404)) }
    func opened(_ token: Int, _ socket: StreamSocket) {}
    func receivedMessage(_ token: Int, _ part: MessagePart) -> MessageOutcome { .breaksProtocol }
    func receivedPong(_ token: Int) {}
    func peerCloses(_ token: Int) -> Bool { false }
    func failed(_ token: Int) {}
    func writable(_ token: Int) {}
    func peerHasLeft(_ token: Int) {}
    func closed(_ token: Int) {}
}
