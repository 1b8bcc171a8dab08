import CLibwebsockets

enum ApplicationProtocol {
    /// The protocol that ALPN selected (RFC 7301); nil where the server selected none.
    static func agreed(on ssl: OpaquePointer) -> String? {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        SSL_get0_alpn_selected(ssl, &name, &count)
        return count > 0 ? String(decoding: UnsafeBufferPointer(start: name, count: Int(count)), as: UTF8.self) : nil
    }
}
