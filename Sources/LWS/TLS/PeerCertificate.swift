import CLibwebsockets

/// The fields of a client's certificate that are used, after TLS has verified it (RFC 5280, section 4.1.2).
public struct PeerCertificate: Hashable, Sendable {
    /// Every common name of the subject in UTF-8. A name that cannot be converted is empty.
    public var commonNames: [[UInt8]]
    /// In lower-case hexadecimal, as ASCII.
    public var serialNumber: [UInt8]
    /// Seconds since 1970.
    public var notBefore: Int64
    public var notAfter: Int64

    /// Nil where the client sent none, or it was not accepted.
    init?(_ ssl: OpaquePointer) {
        guard SSL_get_verify_result(ssl) == Int(X509_V_OK), let certificate = tandem_peer_certificate(ssl) else {
            return nil
        }
        defer { X509_free(certificate) }
        guard let notBefore = Self.seconds(X509_get0_notBefore(certificate)),
            let notAfter = Self.seconds(X509_get0_notAfter(certificate))
        else { return nil }
        self.notBefore = notBefore
        self.notAfter = notAfter
        commonNames = Self.commonNames(X509_get_subject_name(certificate))
        serialNumber = Self.hexadecimal(X509_get0_serialNumber(certificate))
    }

    private static func commonNames(_ subject: OpaquePointer?) -> [[UInt8]] {
        var names: [[UInt8]] = []
        var index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1)
        while index >= 0 {
            let text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index))
            var bytes: UnsafeMutablePointer<UInt8>?
            let count = ASN1_STRING_to_UTF8(&bytes, text)
            // By its length, because a NUL inside must not end the name.
            names.append(Array(UnsafeBufferPointer(start: bytes, count: max(0, Int(count)))))
            if let bytes { tandem_openssl_free(bytes) }
            index = X509_NAME_get_index_by_NID(subject, NID_commonName, index)
        }
        return names
    }

    private static func hexadecimal(_ number: UnsafePointer<ASN1_INTEGER>?) -> [UInt8] {
        guard let number, let digits = ASN1_INTEGER_to_BN(number, nil) else { return [] }
        defer { BN_free(digits) }
        guard let text = BN_bn2hex(digits) else { return [] }
        defer { tandem_openssl_free(text) }
        return Array(String(cString: text).lowercased().utf8)
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64? {
        var parts = tm()
        guard ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
        return Int64(timegm(&parts))
    }
}
