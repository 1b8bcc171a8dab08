import AuthStudy
import Browsers
import TransportCore

/// The best that the code of a page can do with one scheme, by each native API.
struct PageAttempt {
    /// Those of a page.
    static let clients: [ClientAPI] = [.eventSource, .webSocket, .fetch]
    /// Milliseconds. An attempt ends with its answer; this only bounds a hang.
    private static let window: JSONValue = 10_000

    let scheme: String
    let server: Endpoint
    let page: any Page
    let token: String

    /// Whether the client has got the order's snapshot, and what it saw.
    func make(_ client: ClientAPI) async throws -> (works: Bool, saw: String) {
        try await prepare()
        let name = JSONValue.text(client.rawValue)
        try await page.call("observe", name, name, try await parameters(client), Self.window)
        let opened = try await page.call("opened", [name], as: [Bool].self)
        let steps = try await page.evaluate("observations.get(\(name.json)).steps", as: [String].self)
        return (opened == [true], steps.joined(separator: " > "))
    }

    private var bearer: [String: JSONValue] { ["Authorization": "Bearer \(token)"] }

    /// What browsers send by themselves, and only where they are asked to: the server allows it for no other scheme.
    private var isAmbient: Bool { scheme == "cookie" || scheme == "mtls" }

    /// An answer to a request of the page.
    private func fetch<Value: Decodable>(
        _ path: String, _ request: [String: JSONValue], then: String, as type: Value.Type
    ) async throws -> Value {
        let url = JSONValue.text(server.url("http") + path)
        return try await page.evaluate("fetch(\(url.json), \(JSONValue.object(request).json)).then(\(then))", as: type)
    }

    private func prepare() async throws {
        switch scheme {
        case "cookie":
            let status = try await fetch(
                "/session", ["method": "POST", "credentials": "include", "headers": .object(bearer)],
                then: "r => r.status", as: Int.self)
            guard status == 201 else { throw StudyError("the login was answered with \(status)") }
        case "mtls":
            // Chromium shows a certificate with a WebSocket only where a request of the page has shown it before.
            _ = try await fetch(
                "/orders/order-0", ["credentials": "include"], then: "r => r.status", as: Int.self)
        default: break
        }
    }

    private func query(_ client: ClientAPI) async throws -> String {
        switch scheme {
        case "query": return "?access_token=\(token)"
        case "ticket":
            let wanted: JSONValue = [
                "transport": client == .webSocket ? "websocket" : "sse", "orders": ["order-0"],
            ]
            let headers = JSONValue.object(bearer.merging(["Content-Type": "application/json"]) { $1 })
            let answer = try await fetch(
                "/tickets", ["method": "POST", "body": .text(wanted.json), "headers": headers],
                then: "r => r.json()", as: JSONValue.self)
            return "?ticket=\(answer["ticket"]?.text ?? "")"
        default: return ""
        }
    }

    private func parameters(_ client: ClientAPI) async throws -> JSONValue {
        let query = try await query(client)
        let message: JSONValue = ["type": "authenticate", "token": .text(token)]
        // The field that carries the credential. Where an API takes none, it is given one all the same.
        let headers: JSONValue? =
            switch scheme {
            case "bearer": .object(bearer)
            case "subprotocol": ["Sec-WebSocket-Protocol": "order-updates.v1, bearer.\(token)"]
            default: nil
            }
        var (found, settings): ([String: JSONValue], [String: JSONValue]) = ([:], [:])
        settings["headers"] = headers
        switch client {
        case .webSocket:
            found["url"] = "\(server.url("ws"))/orders/order-0/socket\(query)"
            if scheme == "bearer" { found["protocols"] = .object(settings) }
            if scheme == "subprotocol" { found["protocols"] = ["order-updates.v1", "bearer.\(token)"] }
            if scheme == "message" { found["first"] = message }
            return .object(found)
        case .fetch:
            settings["credentials"] = isAmbient ? "include" : "same-origin"
            if scheme == "message" { settings.merge(["method": "POST", "body": .text(try message.json)]) { $1 } }
        default: settings["withCredentials"] = .flag(isAmbient)
        }
        found["url"] = "\(server.url("http"))/orders/order-0/events\(query)"
        found["init"] = .object(settings)
        return .object(found)
    }
}
