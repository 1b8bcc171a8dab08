import CLibwebsockets
import Glibc

/// The result of one read of a TLS connection.
enum TLSRead {
    case bytes(Int)
    case nothing
    /// The peer has ended its direction properly (RFC 8446, section 6.1).
    case end
    /// The connection ended without that.
    case cut
    case failed(String)

    static func once(_ ssl: OpaquePointer, into buffer: UnsafeMutableRawBufferPointer) -> Self {
        tandem_forget_errors()
        let count = SSL_read(ssl, buffer.baseAddress, Int32(clamping: buffer.count))
        guard count <= 0 else { return .bytes(Int(count)) }
        let system = errno
        let error = SSL_get_error(ssl, count)
        defer { tandem_forget_errors() }
        switch error {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .nothing
        case SSL_ERROR_ZERO_RETURN: return .end
        case SSL_ERROR_SYSCALL: return system == 0 ? .cut : .failed(String(cString: strerror(system)))
        case SSL_ERROR_SSL where ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING: return .cut
        default: return .failed(ClientTLS.failure(of: ssl, during: "TLS") ?? "TLS failed")
        }
    }
}
