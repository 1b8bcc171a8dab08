/// The least of an HTTP version that a request and its answer need. A value without I/O: bytes in, events out.
package protocol RawCarrier {
    /// The bytes that send a request, with what must come before it.
    mutating func request(_ request: RawRequest, authority: String, scheme: String) -> [UInt8]
    /// What the peer's bytes mean.
    mutating func receive(_ bytes: [UInt8]) -> [RawEvent]
    /// Bytes of the request's content that follow its header, framed.
    func content(_ bytes: [UInt8]) -> [UInt8]
}

package enum RawEvent: Hashable {
    case header(status: Int, fields: [RawField])
    case content([UInt8])
    /// The answer is complete.
    case complete
    /// HTTP/2 ended the stream, or the connection, with this error (RFC 9113, section 7).
    case reset(UInt32)
    /// What the protocol wants to be answered.
    case reply([UInt8])
}

package struct RawField: Hashable {
    /// Lower-case.
    package var name: String
    package var value: String
}
