/// A certificate and its private key, both PEM files.
public struct CertificateFiles: Codable, Hashable, Sendable {
    public var certificate: String
    public var key: String

    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }
}
