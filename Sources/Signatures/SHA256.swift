import COpenSSL

/// Computes digests, for one thread at a time.
struct SHA256: ~Copyable {
    static let length = 32

    /// Fetched once, because a fetch takes as long as the digest of a token. It is never freed.
    // A fetched algorithm does not change, and any thread may use it.
    nonisolated(unsafe) private static let algorithm = EVP_MD_fetch(nil, "SHA256", nil)
    private let context: Owned

    /// Nil where OpenSSL has no SHA-256.
    init?() {
        guard Self.algorithm != nil, let context = Owned(EVP_MD_CTX_new(), { EVP_MD_CTX_free($0) }) else { return nil }
        self.context = context
    }

    /// Passes the digest of the message to the closure; false where OpenSSL failed.
    func digest(
        of message: UnsafeBufferPointer<UInt8>, _ use: (_ digest: UnsafePointer<UInt8>) -> Bool
    ) -> Bool {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.length) { digest in
            guard let start = digest.baseAddress,
                EVP_DigestInit_ex2(context.pointer, Self.algorithm, nil) == 1,
                EVP_DigestUpdate(context.pointer, message.baseAddress, message.count) == 1,
                EVP_DigestFinal_ex(context.pointer, start, nil) == 1
            else { return false }
            return use(start)
        }
    }
}
