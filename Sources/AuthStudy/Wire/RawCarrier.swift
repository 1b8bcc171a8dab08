/// The part of an HTTP version that one request and its answer need. It is a value without I/O: bytes in, events out.
package protocol RawCarrier {
    /// The bytes that send a request, and what must precede it.
    mutating func request(_ request: RawRequest, authority: String, scheme: String) -> [UInt8]
    /// Reads the peer's bytes.
    mutating func receive(_ bytes: [UInt8]) -> [RawEvent]
    /// A part of the request's content, framed.
    func content(_ bytes: [UInt8]) -> [UInt8]
}

package enum RawEvent: Hashable {
    case header(status: Int, fields: [RawField])
    case content([UInt8])
    /// The answer is complete.
    case complete
    /// HTTP/2 ended the stream, or the connection, with this error (RFC 9113, section 7).
    case reset(UInt32)
    /// Bytes that the protocol requires as an answer.
    case reply([UInt8])
}

package struct RawField: Hashable {
    /// In lower case.
    package var name: String
    package var value: String
}
