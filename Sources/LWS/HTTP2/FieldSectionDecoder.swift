import CNghttp2

/// Decodes the field sections of one direction of an HTTP/2 connection (HPACK, RFC 7541) with nghttp2.
package final class FieldSectionDecoder {
    /// The section cannot be decoded, and neither can any later one on its connection (RFC 9113, section 4.3).
    package struct Malformed: Error {}

    /// The initial value of SETTINGS_HEADER_TABLE_SIZE (RFC 9113, section 6.5.2).
    static let tableBytes = 4096

    private let inflater: OpaquePointer

    package init() {
        var made: OpaquePointer?
        guard nghttp2_hd_inflate_new(&made) == 0, let made else { preconditionFailure("no memory for HPACK") }
        inflater = made
    }

    deinit { nghttp2_hd_inflate_del(inflater) }

    /// Decodes a piece of a section, which may be cut anywhere.
    /// - Parameters:
    ///   - isLast: whether the section ends with it.
    ///   - field: gets a name and a value. They are valid during the call.
    package func decode(
        _ bytes: ArraySlice<UInt8>, isLast: Bool,
        _ field: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Void
    ) throws(Malformed) {
        let isSound = bytes.withUnsafeBufferPointer { bytes in
            var rest = UnsafeBufferPointer(rebasing: bytes[...])
            while true {
                var found = nghttp2_nv()
                var flags: Int32 = 0
                let used = nghttp2_hd_inflate_hd2(
                    inflater, &found, &flags, rest.baseAddress, rest.count, isLast ? 1 : 0)
                guard used >= 0 else { return false }
                rest = UnsafeBufferPointer(rebasing: rest[used...])
                let hasField = flags & Int32(NGHTTP2_HD_INFLATE_EMIT.rawValue) != 0
                if hasField {
                    field(
                        UnsafeBufferPointer(start: found.name, count: found.namelen),
                        UnsafeBufferPointer(start: found.value, count: found.valuelen))
                }
                if flags & Int32(NGHTTP2_HD_INFLATE_FINAL.rawValue) != 0 {
                    return nghttp2_hd_inflate_end_headers(inflater) == 0
                }
                if !hasField, rest.isEmpty { return !isLast }
            }
        }
        if !isSound { throw Malformed() }
    }
}
