/// A server that is not Tandem's: its subscriptions, its publications, and the places of times in its payloads.
///
/// In each template `{order}` stands for the order's id, `{timestamp}` for the intended time of publication, and
/// `{sequence}` for the number of the update within its order, from 1.
public struct ForeignServer: Codable, Hashable, Sendable {
    /// Path and query of a subscription, for example `/orders/{order}/events`.
    public var subscribePath: String
    /// The header fields of a subscription.
    public var headers: [Header] = []
    public var publish: PublishRequest?
    /// A JSON Pointer (RFC 6901) to the intended time of publication.
    public var timestampPointer = "/timestamp"
    public var timestampFormat = TimestampFormat.rfc3339
    /// A JSON Pointer to the update's number within its order; nil if its time identifies an update.
    public var sequencePointer: String?

    public init(subscribePath: String) {
        self.subscribePath = subscribePath
    }

    public struct Header: Codable, Hashable, Sendable {
        public var name: String
        public var value: String
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The HTTP request that publishes one update.
    public struct PublishRequest: Codable, Hashable, Sendable {
        /// Scheme, authority, path and query.
        public var url: String
        public var method = "POST"
        public var headers: [Header] = []
        public var body: String

        public init(url: String, body: String) {
            self.url = url
            self.body = body
        }
    }

    /// The format of a time in payloads.
    public enum TimestampFormat: String, Codable, Hashable, Sendable, CaseIterable {
        case rfc3339
        case unixMilliseconds = "unix-ms"
        case unixNanoseconds = "unix-ns"

        /// The smallest difference between two times, in nanoseconds.
        public var granularity: Int64 { self == .unixMilliseconds ? 1_000_000 : 1 }
    }

    /// Replaces the placeholders of a template.
    public static func fill(_ template: String, order: String, timestamp: String = "", sequence: Int = 0) -> String {
        guard template.utf8.contains(UInt8(ascii: "{")) else { return template }
        var result = ""
        result.reserveCapacity(template.utf8.count + 48)
        var rest = template[...]
        while let open = rest.firstIndex(of: "{") {
            result += rest[..<open]
            rest = rest[open...]
            if rest.hasPrefix("{order}") {
                result += order
                rest = rest.dropFirst(7)
            } else if rest.hasPrefix("{timestamp}") {
                result += timestamp
                rest = rest.dropFirst(11)
            } else if rest.hasPrefix("{sequence}") {
                result += String(sequence)
                rest = rest.dropFirst(10)
            } else {
                // An ordinary brace, as in JSON.
                result += "{"
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }
}
