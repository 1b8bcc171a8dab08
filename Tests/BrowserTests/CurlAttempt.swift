import AuthStudy
import Browsers
import Foundation
import Subprocess
import TransportCore

/// The best that the command curl can do with one scheme.
struct CurlAttempt {
    /// A stream has no end: curl is stopped, and what came until then counts.
    private static let seconds = 3
    /// The header fields of an opening handshake (RFC 6455, section 4.1), with the key of its section 1.3.
    private static let upgrade = [
        "--http1.1", "-H", "Connection: Upgrade", "-H", "Upgrade: websocket", "-H", "Sec-WebSocket-Version: 13", "-H",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]

    let scheme: String
    let server: Endpoint
    let kit: CredentialKit
    let token: String
    /// A file for cookies.
    let jar: String

    /// Whether curl has got the order's snapshot, and what it saw; nil where nobody has written how the scheme is used.
    func make() async throws -> (works: Bool, saw: String)? {
        let (http, bearer) = (server.url("http"), ["-H", "Authorization: Bearer \(token)"])
        let events = http + "/orders/order-0/events"
        let said: (output: String, errors: String)
        switch scheme {
        case "none": said = try await curl([events])
        case "bearer": said = try await curl(bearer + [events])
        case "query": said = try await curl(["\(events)?access_token=\(token)"])
        case "cookie":
            _ = try await curl(["-X", "POST"] + bearer + ["-c", jar, http + "/session"])
            said = try await curl(["-b", jar, events])
        case "ticket":
            let wanted: JSONValue = ["transport": "sse", "orders": ["order-0"]]
            let json = ["-H", "Content-Type: application/json", "-d", try wanted.json]
            let answer = try await curl(bearer + json + [http + "/tickets"]).output
            let ticket = try JSONDecoder().decode(JSONValue.self, from: Data(answer.utf8))["ticket"]?.text
            said = try await curl(["\(events)?ticket=\(ticket ?? "")"])
        case "mtls":
            let own = kit.certificate(.good).clientFiles
            said = try await curl(["--cacert", kit.authority, "--cert", own.certificate, "--key", own.key, events])
        case "subprotocol":
            let offer = "Sec-WebSocket-Protocol: order-updates.v1, bearer.\(token)"
            said = try await curl(Self.upgrade + ["-H", offer, http + "/orders/order-0/socket"])
        case "message":
            // A message is a masked frame: only a curl that speaks WebSocket itself could send one.
            let message: JSONValue = ["type": "authenticate", "token": .text(token)]
            said = try await curl(["-T", "-", server.url("ws") + "/orders/order-0/socket"], sending: try message.json)
        default: return nil
        }
        let works = said.output.contains("order.snapshot")
        return (works, said.errors.isEmpty ? String(said.output.prefix(80)) : said.errors)
    }

    private func curl(_ arguments: [String], sending text: String = "") async throws -> (output: String, errors: String)
    {
        let result = try await Subprocess.run(
            .name("curl"),
            arguments: Arguments(
                ["--silent", "--show-error", "--no-buffer", "--max-time", "\(Self.seconds)"] + arguments),
            input: .string(text), output: .string(limit: 1 << 20), error: .string(limit: 64 << 10))
        return (result.standardOutput, result.standardError.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}
