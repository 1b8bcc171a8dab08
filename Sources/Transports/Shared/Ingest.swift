import Clocks
import FoundationEssentials
package import OrderUpdates
import TransportCore

/// Updates from the system of record: plain JSON, or CloudEvents 1.0 in any of their three modes.
package struct Ingest {
    package var updates: [Item]
    package var isBatch: Bool

    package struct Rejection: Error {
        package var status: Int
        package var detail: String
    }

    /// One update of the order in the path.
    package struct Item: Decodable {
        package var status: OrderStatus
        var activationStatus: ActivationStatus?
        package var stage: String?
        var message: String?
        var reason: String?
        package var source: String?
        /// RFC 3339; by default the time of receipt.
        var timestamp: String?
        /// The sender's name for the order. If present, it must be the one in the path.
        var orderId: String?

        package func update(of order: OrderID) -> OrderUpdate {
            OrderUpdate(
                orderID: order, status: status, activationStatus: activationStatus, stage: stage ?? "",
                message: message ?? "", reason: reason, source: source ?? "ingest",
                timestamp: timestamp.flatMap { Timestamp.parse($0.utf8) } ?? MonotonicClock().unixNanoseconds)
        }

        /// Adds the source and the time of an event where the update itself has none.
        func with(source: String, timestamp: String?) throws(Rejection) -> Item {
            try Ingest.check(time: timestamp)
            var item = self
            item.source = item.source ?? source
            item.timestamp = item.timestamp ?? timestamp
            return item
        }
    }

    /// - Parameters:
    ///   - contentType: nil stands for plain JSON.
    ///   - event: the fields of binary mode. With another media type, which is a mode of its own, they must agree
    ///     with the event.
    ///   - order: the order in the path. An update that names an order must name this one.
    package init(
        _ body: [UInt8], contentType: String?, event: CloudEventFields? = nil, of order: OrderID
    ) throws(Rejection) {
        let type = MediaType(contentType ?? "application/json")
        guard ["application/json", Self.structured, Self.batched].contains(type.name) else {
            throw Rejection(
                status: 415,
                detail: "send application/json, \(Self.structured) or \(Self.batched)")
        }
        guard type.charsets.allSatisfy({ $0 == "utf-8" }) else {
            throw Rejection(status: 415, detail: "send the JSON in UTF-8, which is the only charset that is read")
        }
        if let fault = StrictJSON.fault(in: body) {
            throw Rejection(status: 400, detail: fault.description)
        }
        let isArray = body.first { $0 > 0x20 } == UInt8(ascii: "[")
        do {
            let decoder = JSONDecoder()
            let data = Data(body)
            switch type.name {
            case Self.structured:
                isBatch = false
                updates = [try decoder.decode(CloudEvent.self, from: data).item(beside: event)]
            case Self.batched:
                isBatch = true
                updates = try decoder.decode([CloudEvent].self, from: data).map { try $0.item(beside: event) }
            default:
                let attributes = try event?.attributes()
                guard attributes == nil || !isArray else {
                    throw Rejection(
                        status: 400,
                        detail: "a CloudEvent in binary mode is one update: send several as \(Self.batched)")
                }
                isBatch = isArray
                updates =
                    isArray ? try decoder.decode([Item].self, from: data) : [try decoder.decode(Item.self, from: data)]
                if let (source, time) = attributes { updates[0] = try updates[0].with(source: source, timestamp: time) }
            }
        } catch let refusal as Rejection {
            throw refusal
        } catch {
            throw Rejection(status: 400, detail: Self.explain(error))
        }
        guard !updates.isEmpty else { throw Rejection(status: 400, detail: "the array holds no update") }
        for item in updates {
            if let name = item.orderId, OrderID(name) != order {
                throw Rejection(
                    status: 400, detail: "orderId names another order than the path, which is of \(order): leave it out"
                )
            }
            try Self.check(time: item.timestamp)
        }
    }

    private static func check(time: String?) throws(Rejection) {
        guard let time, Timestamp.parse(time.utf8) == nil else { return }
        throw Rejection(status: 400, detail: "give a time as RFC 3339 has it, such as 2026-11-23T05:07:23.5Z")
    }

    private static let structured = "application/cloudevents+json"
    private static let batched = "application/cloudevents-batch+json"

    private static func explain(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "the body cannot be read: \(error)" }
        func path(_ context: DecodingError.Context) -> String {
            context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: "/")
        }
        return switch error {
        case .keyNotFound(let key, let context): "'\(key.stringValue)' is missing at /\(path(context))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "the value at /\(path(context)) has the wrong type"
        case .dataCorrupted(let context):
            "the value at /\(path(context)) is not one of \(names(for: context.codingPath.last).joined(separator: ", "))"
        @unknown default: "the body cannot be read"
        }
    }
}

/// The valid names for a member that has only a few.
private func names(for member: (any CodingKey)?) -> [String] {
    member?.stringValue == "activationStatus"
        ? ActivationStatus.allCases.map(\.rawValue) : OrderStatus.allCases.map(\.rawValue)
}

extension OrderStatus: Decodable {}
extension ActivationStatus: Decodable {}
