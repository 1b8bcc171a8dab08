import Clocks
import FoundationEssentials
package import OrderUpdates

/// Updates that come in from the system of record: plain JSON, or CloudEvents 1.0 in structured or batched mode.
package struct Ingest {
    package var updates: [Item]
    package var isBatch: Bool

    package struct Refusal: Error {
        package var status: Int
        package var detail: String
    }

    /// One update, without the order, which the path names.
    package struct Item: Decodable {
        package var status: OrderStatus
        var activationStatus: ActivationStatus?
        package var stage: String?
        var message: String?
        var reason: String?
        package var source: String?
        /// RFC 3339; by default the time of receipt.
        var timestamp: String?

        package func update(of order: OrderID) -> OrderUpdate {
            OrderUpdate(
                orderID: order, status: status, activationStatus: activationStatus, stage: stage ?? "",
                message: message ?? "", reason: reason, source: source ?? "ingest",
                timestamp: timestamp.flatMap { Timestamp.parse($0.utf8) } ?? MonotonicClock().unixNanoseconds)
        }
    }

    /// The attributes that are used of a CloudEvent (CloudEvents 1.0.2, section 3).
    private struct CloudEvent: Decodable {
        var specversion: String
        var id: String
        var source: String
        var type: String
        var time: String?
        var data: Item
    }

    package init(_ body: [UInt8], contentType: String?) throws(Refusal) {
        let type = contentType?.split(separator: ";").first.map { $0.lowercased() } ?? "application/json"
        let isArray = body.first { $0 > 0x20 } == UInt8(ascii: "[")
        do {
            let decoder = JSONDecoder()
            let data = Data(body)
            switch type {
            case "application/json":
                isBatch = isArray
                updates =
                    isArray ? try decoder.decode([Item].self, from: data) : [try decoder.decode(Item.self, from: data)]
            case "application/cloudevents+json":
                isBatch = false
                updates = [try Self.item(of: decoder.decode(CloudEvent.self, from: data))]
            case "application/cloudevents-batch+json":
                isBatch = true
                updates = try decoder.decode([CloudEvent].self, from: data).map { try Self.item(of: $0) }
            default:
                throw Refusal(
                    status: 415,
                    detail: "send application/json, application/cloudevents+json or application/cloudevents-batch+json")
            }
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(status: 400, detail: Self.explain(error))
        }
        guard !updates.isEmpty else { throw Refusal(status: 400, detail: "the array holds no update") }
        for item in updates {
            if let timestamp = item.timestamp, Timestamp.parse(timestamp.utf8) == nil {
                throw Refusal(status: 400, detail: "timestamp: give RFC 3339, such as 2026-11-23T05:07:23.5Z")
            }
        }
    }

    private static func item(of event: CloudEvent) throws(Refusal) -> Item {
        guard event.specversion == "1.0", !event.id.isEmpty, !event.source.isEmpty, !event.type.isEmpty else {
            throw Refusal(status: 400, detail: "a CloudEvent needs specversion 1.0, and an id, a source and a type")
        }
        var item = event.data
        item.source = item.source ?? event.source
        item.timestamp = item.timestamp ?? event.time
        return item
    }

    private static func explain(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "the body is not JSON" }
        func path(_ context: DecodingError.Context) -> String {
            context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: "/")
        }
        return switch error {
        case .keyNotFound(let key, let context): "'\(key.stringValue)' is missing at /\(path(context))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "the value at /\(path(context)) has the wrong type"
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            "the value at /\(path(context)) is not one of \(names(for: context.codingPath.last).joined(separator: ", "))"
        default: "the body is not JSON"
        }
    }
}

/// The members whose value is one of a few names.
private func names(for member: (any CodingKey)?) -> [String] {
    member?.stringValue == "activationStatus"
        ? ActivationStatus.allCases.map(\.rawValue) : OrderStatus.allCases.map(\.rawValue)
}

extension OrderStatus: Decodable {}
extension ActivationStatus: Decodable {}
