import COpenSSL

/// A key of OpenSSL's with a public half and, if it is to sign, a private half.
///
/// `@unchecked Sendable`: nothing changes it once it is made, and OpenSSL lets the contexts of several threads share
/// such a key. OpenSSL guards what it computes later for its own use (Montgomery numbers, blinding).
final class KeyPair: @unchecked Sendable {
    /// P-256, under its name in OpenSSL.
    static let curve = "prime256v1"

    let algorithm: SignatureAlgorithm
    private let key: Owned
    var pointer: OpaquePointer { key.pointer }

    /// - Parameters:
    ///   - algorithm: not HS256, whose key is a shared secret.
    ///   - members: of the lengths that the algorithm requires.
    init(_ algorithm: SignatureAlgorithm, _ members: KeyMembers, for purpose: SignaturePurpose) throws(KeyError) {
        self.algorithm = algorithm
        switch algorithm {
        case .hs256: preconditionFailure("a shared secret is no key pair")
        case .es256: key = try Self.elliptic(members, purpose)
        case .rs256: key = try Self.rsa(members, purpose)
        case .eddsa: key = try Self.edwards(members, purpose)
        }
    }

    private static func elliptic(_ members: KeyMembers, _ purpose: SignaturePurpose) throws(KeyError) -> Owned {
        guard let x = members["x"], let y = members["y"] else { preconditionFailure("the members were checked") }
        var parameters = KeyParameters()
        parameters.add(OSSL_PKEY_PARAM_GROUP_NAME, text: curve)
        // SEC 1, section 2.3.3: uncompressed.
        parameters.add(OSSL_PKEY_PARAM_PUB_KEY, bytes: [0x04] + x + y)
        if purpose == .signing, let d = members["d"] { parameters.add(OSSL_PKEY_PARAM_PRIV_KEY, number: d) }
        guard let key = try parameters.key("EC", purpose) else {
            throw .notAKey(.es256, "x and y are no point of P-256, or d is out of range")
        }
        return key
    }

    private static func edwards(_ members: KeyMembers, _ purpose: SignaturePurpose) throws(KeyError) -> Owned {
        let pointer =
            switch purpose {
            case .verifying: EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, members["x"], members["x"]?.count ?? 0)
            case .signing: EVP_PKEY_new_raw_private_key_ex(nil, "ED25519", nil, members["d"], members["d"]?.count ?? 0)
            }
        guard let key = Owned(pointer, { EVP_PKEY_free($0) }) else {
            throw .notAKey(.eddsa, purpose == .signing ? "d is no Ed25519 key" : "x is no Ed25519 key")
        }
        return key
    }

    private static func rsa(_ members: KeyMembers, _ purpose: SignaturePurpose) throws(KeyError) -> Owned {
        guard let n = members["n"], let e = members["e"] else { preconditionFailure("the members were checked") }
        try checkRSA(modulus: n, exponent: e)
        var parameters = KeyParameters()
        parameters.add(OSSL_PKEY_PARAM_RSA_N, number: n)
        parameters.add(OSSL_PKEY_PARAM_RSA_E, number: e)
        if purpose == .signing, let d = members["d"] {
            parameters.add(OSSL_PKEY_PARAM_RSA_D, number: d)
            // RFC 7518, section 6.3.2: all of them, or none. Without them signing takes four times as long.
            let quick = [
                ("p", OSSL_PKEY_PARAM_RSA_FACTOR + "1"), ("q", OSSL_PKEY_PARAM_RSA_FACTOR + "2"),
                ("dp", OSSL_PKEY_PARAM_RSA_EXPONENT + "1"), ("dq", OSSL_PKEY_PARAM_RSA_EXPONENT + "2"),
                ("qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT + "1"),
            ]
            if quick.allSatisfy({ members[$0.0] != nil }) {
                for (member, parameter) in quick { parameters.add(parameter, number: members[member] ?? []) }
            }
        }
        guard let key = try parameters.key("RSA", purpose) else { throw .notAKey(.rs256, "n, e and d do not fit") }
        return key
    }

    /// Checks what OpenSSL does not: that the modulus has at least 2048 bits without leading zeros, and that the
    /// exponent is neither 1, with which anybody could sign, nor so large that a verification blocks a loop.
    private static func checkRSA(modulus: [UInt8], exponent: [UInt8]) throws(KeyError) {
        let bits = modulus.drop { $0 == 0 }
        let size = bits.count * 8 - (bits.first?.leadingZeroBitCount ?? 0)
        guard size >= 2048 else {
            throw KeyError(
                .unsupported, "n has \(size) bits and should have 2048 or more: make a key of the right size")
        }
        guard let last = modulus.last, last & 1 == 1 else { throw .notAKey(.rs256, "n is even") }
        let value = exponent.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard value & 1 == 1, (3..<(1 << 33)).contains(value) else {
            throw .notAKey(.rs256, "e is even, below 3 or above 33 bits")
        }
    }
}
