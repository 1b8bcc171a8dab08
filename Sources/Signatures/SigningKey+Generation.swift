import COpenSSL

extension SigningKey {
    /// The numbers of a new key for ES256, from OpenSSL's generator (FIPS 186-5, A.2).
    public static func newEllipticMembers() throws(KeyError) -> KeyMembers {
        try ErrorQueue.drained { () throws(KeyError) in
            var pointer: OpaquePointer?
            guard let context = Owned(EVP_PKEY_CTX_new_from_name(nil, "EC", nil), { EVP_PKEY_CTX_free($0) }),
                EVP_PKEY_keygen_init(context.pointer) == 1,
                EVP_PKEY_CTX_set_group_name(context.pointer, KeyPair.curve) == 1,
                EVP_PKEY_generate(context.pointer, &pointer) == 1, let key = Owned(pointer, { EVP_PKEY_free($0) })
            else { throw .unavailable("EVP_PKEY_generate") }
            var members: KeyMembers = [:]
            for (member, parameter) in [
                ("x", OSSL_PKEY_PARAM_EC_PUB_X), ("y", OSSL_PKEY_PARAM_EC_PUB_Y), ("d", OSSL_PKEY_PARAM_PRIV_KEY),
            ] {
                var bytes = [UInt8](repeating: 0, count: 32)
                var number: OpaquePointer?
                guard EVP_PKEY_get_bn_param(key.pointer, parameter, &number) == 1,
                    let owned = Owned(number, { BN_clear_free($0) }),
                    BN_bn2binpad(owned.pointer, &bytes, Int32(bytes.count)) == bytes.count
                else { throw .unavailable("EVP_PKEY_get_bn_param") }
                members[member] = bytes
            }
            return members
        }
    }
}
