import COpenSSL

/// The numbers of a key as parameters for OpenSSL, under OpenSSL's names.
struct KeyParameters: ~Copyable {
    private var list: [OSSL_PARAM] = []
    /// The memory that the parameters point to.
    private var copies: [UnsafeMutableRawBufferPointer] = []

    deinit {
        for copy in copies {
            // It may be a secret.
            OPENSSL_cleanse(copy.baseAddress, copy.count)
            copy.deallocate()
        }
    }

    mutating func add(_ name: String, text: String) {
        let text = keep(text.utf8CString)
        list.append(
            OSSL_PARAM_construct_utf8_string(key(name), text.baseAddress?.assumingMemoryBound(to: CChar.self), 0))
    }

    mutating func add(_ name: String, bytes: [UInt8]) {
        let bytes = keep(bytes)
        list.append(OSSL_PARAM_construct_octet_string(key(name), bytes.baseAddress, bytes.count))
    }

    /// - Parameter number: big-endian.
    mutating func add(_ name: String, number: [UInt8]) {
        // Numbers are in the machine's byte order, which is little-endian on the platforms that we build for (x86-64,
        // arm64).
        let number = keep(number.reversed())
        list.append(
            OSSL_PARAM_construct_BN(
                key(name), number.baseAddress?.assumingMemoryBound(to: UInt8.self), number.count))
    }

    /// Nil where they are not a key of this type.
    mutating func key(_ type: String, _ purpose: SignaturePurpose) throws(KeyError) -> Owned? {
        guard let context = Owned(EVP_PKEY_CTX_new_from_name(nil, type, nil), { EVP_PKEY_CTX_free($0) }),
            EVP_PKEY_fromdata_init(context.pointer) == 1
        else { throw .unavailable("EVP_PKEY_fromdata_init") }
        let selection =
            switch purpose {
            case .signing: TANDEM_EVP_PKEY_KEYPAIR
            case .verifying: TANDEM_EVP_PKEY_PUBLIC_KEY
            }
        var parameters = list + [OSSL_PARAM_construct_end()]
        var key: OpaquePointer?
        guard EVP_PKEY_fromdata(context.pointer, &key, Int32(selection), &parameters) == 1 else { return nil }
        return Owned(key) { EVP_PKEY_free($0) }
    }

    private mutating func key(_ name: String) -> UnsafePointer<CChar>? {
        UnsafePointer(keep(name.utf8CString).baseAddress?.assumingMemoryBound(to: CChar.self))
    }

    private mutating func keep<Element>(_ elements: some Collection<Element>) -> UnsafeMutableRawBufferPointer {
        let copy = UnsafeMutableRawBufferPointer.allocate(
            byteCount: elements.count * MemoryLayout<Element>.stride, alignment: MemoryLayout<Element>.alignment)
        _ = copy.initializeMemory(as: Element.self, from: elements)
        copies.append(copy)
        return copy
    }
}
