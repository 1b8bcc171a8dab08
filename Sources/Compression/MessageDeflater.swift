import CZlib

/// Compresses messages one by one for permessage-deflate (RFC 7692, section 7.2.1): in the DEFLATE format (RFC 1951),
/// without the empty block at the end. No message refers to an earlier one ("no context takeover"). So one object
/// serves any number of connections, and they can share its output. Confined to one thread.
public final class MessageDeflater {
    /// The base-2 logarithm of how far back a message may refer within itself. An update has some 250 bytes, so 4 KiB
    /// are enough, also for clients that allow a server no more, such as Python's `websockets`.
    public static let windowBits = 12

    /// In memory of its own, because zlib keeps its address.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var output = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1024)

    public init() {
        stream.initialize(to: z_stream())
        let status = deflateInit2_(
            stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -Int32(Self.windowBits), 5, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib has no memory, or is another version than its header")
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
        output.deallocate()
    }

    /// Compresses the bytes from `start` on, in place. Returns false and changes nothing where the result would not
    /// be shorter.
    public func compress(_ bytes: inout [UInt8], from start: Int) -> Bool {
        let count = bytes.count - start
        guard count > 0 else { return false }
        // Where the whole room is used, the result is not shorter than the message, or is incomplete.
        let room = count + Self.tail.count
        if output.count < room {
            output.deallocate()
            output = .allocate(capacity: room.roundedUpToPowerOfTwo)
        }
        let written = bytes.withUnsafeMutableBufferPointer { bytes in
            deflateReset(stream)
            stream.pointee.next_in = bytes.baseAddress! + start
            stream.pointee.avail_in = uInt(count)
            stream.pointee.next_out = output.baseAddress
            stream.pointee.avail_out = uInt(room)
            let status = deflate(stream, Z_SYNC_FLUSH)
            precondition(status == Z_OK || status == Z_BUF_ERROR, "zlib was called wrongly")
            return room - Int(stream.pointee.avail_out)
        }
        guard written < room else { return false }
        assert(output[..<written].suffix(Self.tail.count).elementsEqual(Self.tail))
        bytes.removeLast(count)
        bytes.append(contentsOf: output[..<(written - Self.tail.count)])
        return true
    }

    /// The end of a flush: the rest of an empty block, which is not sent.
    static let tail: [UInt8] = [0, 0, 0xFF, 0xFF]
}

extension Int {
    fileprivate var roundedUpToPowerOfTwo: Int { 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
