import CLibwebsockets

/// The header fields of a message that libwebsockets has parsed: valid while it keeps them.
struct HeaderFields {
    let wsi: OpaquePointer

    /// The value of a field that libwebsockets has a token for; nil where it is absent or empty.
    subscript(token: lws_token_indexes) -> String? {
        let length = Int(lws_hdr_total_length(wsi, token))
        guard length > 0 else { return nil }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: length + 1) { buffer in
            let count = lws_hdr_copy(wsi, buffer.baseAddress, Int32(length + 1), token)
            guard count >= 0 else { return nil }
            return String(decoding: UnsafeRawBufferPointer(start: buffer.baseAddress, count: Int(count)), as: UTF8.self)
        }
    }
}
