/// The header of a response.
public struct ClientResponse {
    private let head: ClientResponseReader.Head

    init(_ head: ClientResponseReader.Head) { self.head = head }

    public var status: Int { head.status }

    /// The value of a header field by its lower-case name; nil where it is absent.
    public func header(_ name: String) -> String? { head[name] }

    /// The fields, with lower-case names.
    public var headers: [(name: String, value: String)] { head.fields.map { ($0.name, $0.value) } }

    /// Whole seconds; nil where the field is absent or is a date (RFC 9110, section 10.2.3).
    public var retryAfter: Int? { header("retry-after").flatMap { Int($0) } }
}
