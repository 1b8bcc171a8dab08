import Glibc

/// A client's certificate (RFC 8446, section 4.4.2) and its private key, as PEM files. It is sent to servers that ask
/// for it.
public struct ClientIdentity: Hashable, Sendable {
    public var certificate: String
    public var key: String

    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }

    /// libwebsockets keeps the pointers, so they live as long as the process.
    struct Paths {
        let certificate: UnsafePointer<CChar>
        let key: UnsafePointer<CChar>

        init(_ identity: ClientIdentity) {
            certificate = UnsafePointer(strdup(identity.certificate))
            key = UnsafePointer(strdup(identity.key))
        }
    }
}
