import COpenSSL

/// HMAC with SHA-256 (RFC 7518, section 3.2).
final class HMACContext: SignatureContext, @unchecked Sendable {
    /// Fetched once and never freed.
    // A fetched algorithm does not change, and any thread may use it.
    nonisolated(unsafe) private static let algorithm = EVP_MAC_fetch(nil, OSSL_MAC_NAME_HMAC, nil)
    private let context: Owned

    init?(secret: [UInt8]) {
        guard let algorithm = Self.algorithm,
            let context = Owned(EVP_MAC_CTX_new(algorithm), { EVP_MAC_CTX_free($0) })
        else { return nil }
        var name = Array("SHA256".utf8CString)
        let isReady = name.withUnsafeMutableBufferPointer { name in
            let parameters = [
                OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.baseAddress, 0),
                OSSL_PARAM_construct_end(),
            ]
            return EVP_MAC_init(context.pointer, secret, secret.count, parameters) == 1
        }
        guard isReady else { return nil }
        self.context = context
    }

    func verify(_ signature: UnsafeBufferPointer<UInt8>, of message: UnsafeBufferPointer<UInt8>) -> Bool {
        code(of: message) { CRYPTO_memcmp($0, signature.baseAddress, SHA256.length) == 0 }
    }

    func sign(_ message: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var signature: [UInt8]?
        _ = code(of: message) { code in
            signature = Array(UnsafeBufferPointer(start: code, count: SHA256.length))
            return true
        }
        return signature
    }

    /// Computes the code and passes it to `use`; false where OpenSSL failed.
    private func code(of message: UnsafeBufferPointer<UInt8>, _ use: (UnsafePointer<UInt8>) -> Bool) -> Bool {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: SHA256.length) { code in
            var length = 0
            // Without a key argument it starts again with the key that it has.
            guard let start = code.baseAddress, EVP_MAC_init(context.pointer, nil, 0, nil) == 1,
                EVP_MAC_update(context.pointer, message.baseAddress, message.count) == 1,
                EVP_MAC_final(context.pointer, start, &length, code.count) == 1, length == SHA256.length
            else { return false }
            return use(start)
        }
    }
}
