import TransportCore

/// Certificates that TLS must refuse, or that name no owner.
enum CertificateAttacks {
    static var all: [Attack] {
        [
            refused("of an authority that is not known", .untrusted), refused("of itself", .selfSigned),
            refused("of the authority of the server's own", .serverAuthority), refused("that has expired", .expired),
            unfit("that names two", .twoNames), unfit("whose name has a line feed", .controlCharacter),
            unfit("that names nobody", .nameless),
            Attack(
                "a certificate of a stranger", .mtls, unless: \.rejectionOfCertificates, expects: { $0.refusal(403) }
            ) { try $0.outcome($0.opening(), certificate: .stranger) },
        ]
    }

    /// An attack where TLS ends the connection, so that the server sees no request.
    private static func refused(_ name: String, _ certificate: CredentialKit.Certificate) -> Attack {
        Attack(
            "a certificate \(name)", .mtls, logLines: 0, unless: \.rejectionOfCertificates, expects: { _ in [.ended] }
        ) { try $0.outcome($0.opening(), certificate: certificate) }
    }

    private static func unfit(_ name: String, _ certificate: CredentialKit.Certificate) -> Attack {
        Attack(
            "a certificate \(name)", .mtls, unless: \.rejectionOfCertificates, expects: { $0.refusal(401) }
        ) { try $0.outcome($0.opening(), certificate: certificate) }
    }
}

extension AuthTarget {
    fileprivate var rejectionOfCertificates: String? { isMutualTLS ? nil : "the scheme asks for no certificate" }
}
