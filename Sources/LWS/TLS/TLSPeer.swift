import CLibwebsockets
import Glibc

/// A TLS connection that says nothing after its handshake, or what it is given: made on the calling thread, without a loop.
///
/// For peers that no client of ours would be: those that hold a connection and present no credential. Confined to one thread
/// at a time.
public final class TLSPeer {
    private let ssl: OpaquePointer
    /// The socket, whose end can be looked for without reading records.
    public let descriptor: Int32

    /// Shakes hands over a connected socket, which is the peer's from then on. Blocks while the server answers.
    /// - Throws: `LWSError` where TLS cannot be had, or the handshake fails.
    public init(over descriptor: Int32, host: String, trustedAuthorities: String?) throws {
        self.descriptor = descriptor
        let settings: ClientTLS
        do {
            let path = trustedAuthorities.map { strdup($0) }
            defer { free(path ?? nil) }
            settings = try ClientTLS(trustedAuthorities: path.flatMap { UnsafePointer($0) })
        } catch {
            close(descriptor)
            throw error
        }
        guard let ssl = settings.connection(to: host, over: descriptor) else {
            close(descriptor)
            throw LWSError("SSL_new", "no memory")
        }
        guard SSL_connect(ssl) == 1 else {
            let cause = ClientTLS.failure(of: ssl) ?? "the server ended the handshake"
            SSL_free(ssl)
            close(descriptor)
            throw LWSError("SSL_connect", cause)
        }
        self.ssl = ssl
    }

    /// Returns false where the connection has ended.
    @discardableResult
    public func write(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return SSL_write(ssl, bytes, Int32(bytes.count)) == Int32(bytes.count)
    }

    /// Blocks until something has come; 0 or less where nothing will.
    public func read(_ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
        Int(SSL_read(ssl, buffer, Int32(count)))
    }

    deinit {
        SSL_free(ssl)
        close(descriptor)
    }
}
