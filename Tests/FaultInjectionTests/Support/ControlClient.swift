import Foundation
import Testing

/// Speaks to the HTTP interface of a proxy.
struct ControlClient {
    let port: Int

    struct Answer {
        var status: Int
        var head: String
        var body: String

        /// What a JSON object holds under a path of keys and indices.
        subscript(path: Any...) -> Any? {
            var value = try? JSONSerialization.jsonObject(with: Data(body.utf8))
            for key in path {
                switch key {
                case let key as String: value = (value as? [String: Any])?[key]
                case let index as Int:
                    let list = value as? [Any]
                    value = list.flatMap { $0.indices.contains(index) ? $0[index] : nil }
                default: return nil
                }
            }
            return value
        }

        var error: String { self["error"] as? String ?? "" }
    }

    func send(
        _ method: String, _ path: String, _ body: String = "", contentType: String? = "application/json"
    ) async throws -> Answer {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: proxy\r\nConnection: close\r\n"
        if !body.isEmpty { head += "Content-Length: \(body.utf8.count)\r\n" }
        if !body.isEmpty, let contentType { head += "Content-Type: \(contentType)\r\n" }
        let socket = try TestSocket.connect(to: port)
        try await socket.send(head + "\r\n" + body)
        let text = try await socket.receiveAll().text
        let parts = text.components(separatedBy: "\r\n\r\n")
        let status = try #require(Int(parts[0].dropFirst("HTTP/1.1 ".count).prefix(3)), "not HTTP: '\(text)'")
        return Answer(status: status, head: parts[0], body: parts.dropFirst().joined(separator: "\r\n\r\n"))
    }
}
