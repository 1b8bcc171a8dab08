import CLibwebsockets

/// The header fields of a message that libwebsockets has parsed: valid while it keeps them.
struct HeaderFields {
    let wsi: OpaquePointer

    /// The value of a field that libwebsockets has a token for; nil where it is absent or empty.
    subscript(token: lws_token_indexes) -> String? {
        let length = Int(lws_hdr_total_length(wsi, token))
        guard length > 0 else { return nil }
        return Self.text(length) { lws_hdr_copy(wsi, $0, $1, token) }
    }

    /// One of the parts that a field or a query was sent in; nil behind the last. A part may be empty, and others follow it.
    func fragment(_ token: lws_token_indexes, _ index: Int32) -> String? {
        Self.text(Int(lws_hdr_fragment_length(wsi, token, index))) { lws_hdr_copy_fragment(wsi, $0, $1, token, index) }
    }

    /// Whether a field has a byte like this.
    func contains(_ token: lws_token_indexes, where isWanted: (UInt8) -> Bool) -> Bool {
        let length = Int(lws_hdr_total_length(wsi, token))
        guard length > 0 else { return false }
        return Self.bytes(length, { lws_hdr_copy(wsi, $0, $1, token) }) { $0.contains(where: isWanted) } ?? false
    }

    private typealias Copy = (_ buffer: UnsafeMutablePointer<CChar>?, _ size: Int32) -> Int32

    private static func text(_ length: Int, _ copy: Copy) -> String? {
        bytes(length, copy) { String(decoding: $0, as: UTF8.self) }
    }

    private static func bytes<Value>(_ length: Int, _ copy: Copy, _ body: (UnsafeRawBufferPointer) -> Value) -> Value? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: length + 1) { buffer in
            let count = copy(buffer.baseAddress, Int32(length + 1))
            guard count >= 0 else { return nil }
            return body(UnsafeRawBufferPointer(start: buffer.baseAddress, count: Int(count)))
        }
    }
}
