import COpenSSL

/// Signatures of a SHA-256 digest: ECDSA on P-256 and RSASSA-PKCS1-v1_5 (RFC 7518, sections 3.3 and 3.4).
final class DigestSignature: SignatureContext, @unchecked Sendable {
    private let key: KeyPair
    private let hash: SHA256
    private let operation: Owned

    init?(_ key: KeyPair, for purpose: SignaturePurpose) {
        guard let hash = SHA256(),
            let operation = Owned(EVP_PKEY_CTX_new_from_pkey(nil, key.pointer, nil), { EVP_PKEY_CTX_free($0) })
        else { return nil }
        let isReady =
            switch purpose {
            case .signing: EVP_PKEY_sign_init(operation.pointer) == 1
            case .verifying: EVP_PKEY_verify_init(operation.pointer) == 1
            }
        guard isReady, EVP_PKEY_CTX_set_signature_md(operation.pointer, EVP_sha256()) == 1,
            key.algorithm != .rs256 || EVP_PKEY_CTX_set_rsa_padding(operation.pointer, RSA_PKCS1_PADDING) == 1
        else { return nil }
        self.key = key
        self.hash = hash
        self.operation = operation
    }

    func verify(_ signature: UnsafeBufferPointer<UInt8>, of message: UnsafeBufferPointer<UInt8>) -> Bool {
        hash.digest(of: message) { digest in
            guard key.algorithm == .es256 else {
                return EVP_PKEY_verify(
                    operation.pointer, signature.baseAddress, signature.count, digest, SHA256.length) == 1
            }
            return ECDSAEncoding.withDER(of: signature) { der, count in
                EVP_PKEY_verify(operation.pointer, der, count, digest, SHA256.length) == 1
            }
        }
    }

    func sign(_ message: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var signature = [UInt8](repeating: 0, count: Int(EVP_PKEY_get_size(key.pointer)))
        var length = signature.count
        let isSigned = hash.digest(of: message) { digest in
            EVP_PKEY_sign(operation.pointer, &signature, &length, digest, SHA256.length) == 1
        }
        guard isSigned else { return nil }
        signature.removeSubrange(length...)
        return key.algorithm == .es256 ? ECDSAEncoding.raw(der: signature) : signature
    }
}
