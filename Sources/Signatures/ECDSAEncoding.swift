import COpenSSL

/// Converts between the two forms of an ECDSA signature: JOSE's r and s of 32 bytes each (RFC 7518, section 3.4), and
/// OpenSSL's DER.
enum ECDSAEncoding {
    private static let half = 32
    /// The length of a sequence of two integers with 33 bytes each.
    private static let longest = 72

    /// - Parameter raw: 64 bytes.
    static func withDER(
        of raw: UnsafeBufferPointer<UInt8>, _ use: (UnsafePointer<UInt8>, _ count: Int) -> Bool
    ) -> Bool {
        guard let pair = Owned(ECDSA_SIG_new(), { ECDSA_SIG_free($0) }), let start = raw.baseAddress,
            let r = BN_bin2bn(start, Int32(half), nil)
        else { return false }
        guard let s = BN_bin2bn(start + half, Int32(half), nil), ECDSA_SIG_set0(pair.pointer, r, s) == 1 else {
            BN_free(r)
            return false
        }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: longest) { der in
            guard let start = der.baseAddress else { return false }
            var end: UnsafeMutablePointer<UInt8>? = start
            let count = Int(i2d_ECDSA_SIG(pair.pointer, &end))
            return count > 0 && use(start, count)
        }
    }

    /// Nil where the bytes are not a signature.
    static func raw(der: [UInt8]) -> [UInt8]? {
        var raw = [UInt8](repeating: 0, count: 2 * half)
        let isWhole = der.withUnsafeBufferPointer { der in
            var next = der.baseAddress
            guard let pair = Owned(d2i_ECDSA_SIG(nil, &next, der.count), { ECDSA_SIG_free($0) }) else { return false }
            return raw.withUnsafeMutableBufferPointer { raw in
                guard let start = raw.baseAddress else { return false }
                return BN_bn2binpad(ECDSA_SIG_get0_r(pair.pointer), start, Int32(half)) == half
                    && BN_bn2binpad(ECDSA_SIG_get0_s(pair.pointer), start + half, Int32(half)) == half
            }
        }
        return isWhole ? raw : nil
    }
}
