import CZlib

/// Expands messages of permessage-deflate, from `MessageDeflater` or another peer (RFC 7692, section 7.2.2). No
/// message may refer to an earlier one. Confined to one thread.
public final class MessageInflater {
    public enum Failure: Error, Hashable {
        /// The message is not in the DEFLATE format, or is incomplete.
        case damaged
        /// The message expands to more bytes than the limit.
        case tooLong
    }

    /// In memory of its own, because zlib keeps its address.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let output = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 16 * 1024)

    public init() {
        stream.initialize(to: z_stream())
        // The largest window, whatever window the peer uses.
        let status = inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib has no memory, or is another version than its header")
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        output.deallocate()
    }

    /// - Parameter limit: the maximum size of the expanded message in bytes. Memory is allocated as it grows.
    public func expand(_ bytes: UnsafeRawBufferPointer, atMost limit: Int) throws(Failure) -> [UInt8] {
        inflateReset(stream)
        var expanded: [UInt8] = []
        try expand(bytes.bindMemory(to: UInt8.self), to: &expanded, limit)
        let end: Result<Void, Failure> = MessageDeflater.tail.withUnsafeBufferPointer { tail in
            Result { () throws(Failure) in try expand(tail, to: &expanded, limit) }
        }
        try end.get()
        // A message must end with a block. Otherwise it was cut.
        guard stream.pointee.data_type & 128 != 0 else { throw .damaged }
        return expanded
    }

    private func expand(
        _ bytes: UnsafeBufferPointer<UInt8>, to expanded: inout [UInt8], _ limit: Int
    ) throws(Failure) {
        stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
        stream.pointee.avail_in = uInt(bytes.count)
        repeat {
            // One byte more than the limit shows that the message is longer.
            let room = min(output.count, limit + 1 - expanded.count)
            stream.pointee.next_out = output.baseAddress
            stream.pointee.avail_out = uInt(room)
            let status = inflate(stream, Z_SYNC_FLUSH)
            expanded += output[..<(room - Int(stream.pointee.avail_out))]
            guard expanded.count <= limit else { throw .tooLong }
            switch status {
            // Z_BUF_ERROR: there was nothing left to do.
            case Z_OK, Z_BUF_ERROR: break
            // A final block may be in the middle of a message, and later blocks may refer to it (section 7.2.3.4).
            case Z_STREAM_END: inflateResetKeep(stream)
            default: throw .damaged
            }
        } while stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0
    }
}
