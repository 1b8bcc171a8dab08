import CLibwebsockets
import Glibc

/// A TLS connection that sends nothing after its handshake except given bytes. It is made on the calling thread,
/// without a loop.
///
/// It stands for peers that our clients never are: those that hold a connection and present no credential. Confined
/// to one thread at a time.
public final class TLSPeer {
    private let ssl: OpaquePointer
    /// The socket. Its end can be checked without reading records.
    public let descriptor: Int32

    /// Does the handshake over a connected socket, which this object owns from then on. Blocks while the server
    /// answers.
    /// - Throws: `LWSError` where TLS is not available, or the handshake fails.
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
