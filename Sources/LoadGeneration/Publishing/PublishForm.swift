import Clocks
public import LWS
import OrderUpdates

/// The requests that publish updates: those of Tandem's own ingest, or of a template for another server.
public struct PublishForm: Sendable {
    private enum Kind {
        case tandem
        case template(ForeignServer.PublishRequest, ForeignServer.TimestampFormat, path: String)
    }

    private let kind: Kind
    private let prototype: ClientRequest

    /// - Parameter token: presented by the publisher; nil for none.
    public init(to target: LoadSpecification.Target, token: String?) {
        var request = ClientRequest(host: target.host, port: target.port, path: "/")
        request.tls = target.tls
        request.method = "POST"
        request.headers = [("content-type", "application/json")]
        if let token { request.headers.append(("authorization", "Bearer \(token)")) }
        prototype = request
        kind = .tandem
    }

    /// - Parameter url: the URL of the template, with its placeholders.
    public init(_ publish: ForeignServer.PublishRequest, at url: HTTPURL, _ format: ForeignServer.TimestampFormat) {
        var request = ClientRequest(host: url.host, port: url.port, path: "/")
        request.tls = url.tls
        request.method = publish.method
        request.headers = publish.headers.map { ($0.name.lowercased(), $0.value) }
        if !request.headers.contains(where: { $0.name == "content-type" }) {
            request.headers.append(("content-type", "application/json"))
        }
        prototype = request
        kind = .template(publish, format, path: url.path)
    }

    /// Tandem gets one request for all updates. A template gives one request for each update.
    func requests(_ updates: [OrderUpdate], order: OrderID, firstSequence: Int) -> [ClientRequest] {
        var request = prototype
        switch kind {
        case .tandem:
            request.path = "/orders/\(order)/updates"
            request.body = Self.body(updates)
            return [request]
        case .template(let publish, let format, let path):
            return updates.enumerated().map { index, update in
                func fill(_ template: String) -> String {
                    ForeignServer.fill(
                        template, order: order.description, timestamp: Self.text(update.timestamp, format),
                        sequence: firstSequence + index)
                }
                request.path = fill(path)
                request.body = Array(fill(publish.body).utf8)
                return request
            }
        }
    }

    private static func body(_ updates: [OrderUpdate]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256 * updates.count)
        if updates.count > 1 { bytes.append(UInt8(ascii: "[")) }
        for (index, update) in updates.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            update.appendJSON(to: &bytes)
        }
        if updates.count > 1 { bytes.append(UInt8(ascii: "]")) }
        return bytes
    }

    private static func text(_ timestamp: Int64, _ format: ForeignServer.TimestampFormat) -> String {
        switch format {
        case .rfc3339: Timestamp.string(timestamp)
        case .unixNanoseconds: String(timestamp)
        case .unixMilliseconds: String(timestamp / 1_000_000)
        }
    }
}
