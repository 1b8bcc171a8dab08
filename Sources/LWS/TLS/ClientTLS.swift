import CLibwebsockets

/// OpenSSL's settings for a client's connections. TLS is done here, because a raw client of libwebsockets 4.1 begins
/// TLS before it has a socket.
final class ClientTLS {
    private let context: OpaquePointer

    /// - Parameters:
    ///   - trustedAuthorities: a PEM file; nil trusts the system's.
    ///   - identity: the client's certificate; nil for none.
    /// - Throws: `LWSError` where a file has the wrong contents.
    init(trustedAuthorities: UnsafePointer<CChar>?, identity: ClientIdentity.Paths? = nil) throws {
        guard let context = SSL_CTX_new(TLS_client_method()) else { throw LWSError("SSL_CTX_new", "no memory") }
        self.context = context
        tandem_tls_lean(UnsafeMutableRawPointer(context))
        tandem_tls_minimum_1_2(UnsafeMutableRawPointer(context))
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        if let identity {
            guard SSL_CTX_use_certificate_chain_file(context, identity.certificate) == 1,
                SSL_CTX_use_PrivateKey_file(context, identity.key, SSL_FILETYPE_PEM) == 1
            else {
                throw LWSError(
                    "SSL_CTX_use_certificate_chain_file",
                    "the certificate in \(String(cString: identity.certificate)) or its key cannot be used: give PEM files"
                )
            }
        }
        guard let trustedAuthorities else {
            SSL_CTX_set_default_verify_paths(context)
            return
        }
        guard SSL_CTX_load_verify_locations(context, trustedAuthorities, nil) == 1 else {
            throw LWSError(
                "SSL_CTX_load_verify_locations",
                "the authorities in \(String(cString: trustedAuthorities)) cannot be used: give a PEM file of certificates"
            )
        }
    }

    deinit { SSL_CTX_free(context) }

    /// A connection before its handshake; the caller frees it. Nil where there is no memory.
    func connection(to host: String, over socket: Int32, speaking version: ClientRequest.Version = .h1)
        -> OpaquePointer?
    {
        guard let ssl = SSL_new(context) else { return nil }
        SSL_set_fd(ssl, socket)
        SSL_set_connect_state(ssl)
        // An IP address is verified as an address (RFC 9110, section 4.3.5), and is not sent as a server name (RFC
        // 6066, section 3).
        if X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) != 1 {
            SSL_set1_host(ssl, host)
            host.withCString { name in
                _ = SSL_ctrl(
                    ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name),
                    UnsafeMutableRawPointer(mutating: name))
            }
        }
        let name = Array((version == .h2 ? "h2" : "http/1.1").utf8)
        let protocols = [UInt8(name.count)] + name
        SSL_set_alpn_protos(ssl, protocols, UInt32(protocols.count))
        return ssl
    }

    /// Why TLS failed; nil where OpenSSL has no error.
    static func failure(of ssl: OpaquePointer, during step: String = "the TLS handshake") -> String? {
        let verdict = SSL_get_verify_result(ssl)
        if verdict != Int(X509_V_OK) {
            return
                "the server's certificate is not accepted: \(String(cString: X509_verify_cert_error_string(verdict)))"
        }
        let code = ERR_peek_last_error()
        guard code != 0, let reason = ERR_reason_error_string(code) else { return nil }
        let text = String(cString: reason)
        // OpenSSL's text for an answer without TLS.
        let hint = text == "wrong version number" ? "; does the server speak TLS on this port?" : ""
        return "\(step) failed: \(text)\(hint)"
    }
}
