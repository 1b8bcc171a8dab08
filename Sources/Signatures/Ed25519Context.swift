import COpenSSL

/// Ed25519 (RFC 8037, section 3.1), which signs the message itself and not a digest.
final class Ed25519Context: SignatureContext, @unchecked Sendable {
    private static let length = 64

    private let context: Owned

    init?(_ key: KeyPair, for purpose: SignaturePurpose) {
        guard let context = Owned(EVP_MD_CTX_new(), { EVP_MD_CTX_free($0) }) else { return nil }
        let isReady =
            switch purpose {
            case .signing: EVP_DigestSignInit_ex(context.pointer, nil, nil, nil, nil, key.pointer, nil) == 1
            case .verifying: EVP_DigestVerifyInit_ex(context.pointer, nil, nil, nil, nil, key.pointer, nil) == 1
            }
        guard isReady else { return nil }
        self.context = context
    }

    func verify(_ signature: UnsafeBufferPointer<UInt8>, of message: UnsafeBufferPointer<UInt8>) -> Bool {
        // Without a key argument it starts again with the key that it has.
        EVP_DigestVerifyInit_ex(context.pointer, nil, nil, nil, nil, nil, nil) == 1
            && EVP_DigestVerify(
                context.pointer, signature.baseAddress, signature.count, message.baseAddress, message.count) == 1
    }

    func sign(_ message: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var signature = [UInt8](repeating: 0, count: Self.length)
        var length = signature.count
        guard EVP_DigestSignInit_ex(context.pointer, nil, nil, nil, nil, nil, nil) == 1,
            EVP_DigestSign(context.pointer, &signature, &length, message.baseAddress, message.count) == 1,
            length == Self.length
        else { return nil }
        return signature
    }
}
