import CLibwebsockets

/// OpenSSL's settings for connections of `RawSocket`: the authority that they trust, and their certificate.
///
/// Threads may share it: OpenSSL counts references to a context itself, and it does not change once it is made.
public final class RawTLS: @unchecked Sendable {
    let context: OpaquePointer

    /// A client's certificate and its key, as PEM files.
    public struct Certificate: Hashable, Sendable {
        public var certificate: String
        public var key: String

        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// - Parameters:
    ///   - authority: PEM file of the authority of the server's certificate.
    ///   - certificate: the client's certificate, for servers that ask for one; nil for none.
    /// - Throws: `LWSError` where a file cannot be used.
    public init(authority: String, certificate: Certificate? = nil) throws(LWSError) {
        guard let context = SSL_CTX_new(TLS_client_method()) else { throw LWSError("SSL_CTX_new", "no memory") }
        self.context = context
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        guard SSL_CTX_load_verify_locations(context, authority, nil) == 1 else {
            throw LWSError(
                "SSL_CTX_load_verify_locations", "the authority in \(authority) cannot be used: give a PEM file")
        }
        guard let certificate else { return }
        guard SSL_CTX_use_certificate_chain_file(context, certificate.certificate) == 1,
            SSL_CTX_use_PrivateKey_file(context, certificate.key, SSL_FILETYPE_PEM) == 1
        else {
            throw LWSError(
                "SSL_CTX_use_certificate_chain_file",
                "the certificate \(certificate.certificate) or its key cannot be used: give PEM files that belong together"
            )
        }
    }

    deinit { SSL_CTX_free(context) }

    /// A connection before its handshake; the caller frees it. Nil where there is no memory.
    func connection() -> OpaquePointer? { SSL_new(context) }
}
