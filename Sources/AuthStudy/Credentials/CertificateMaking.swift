import Authentication
import Clocks
import FoundationEssentials
import Glibc
public import LWS
public import OrderUpdates
public import TransportCore

/// Makes the certificates of a kit: a server's and its clients', valid and invalid ones, each with an EC key.
enum CertificateMaking {
    static func files(_ name: String, in folder: String) -> RawTLS.Certificate {
        RawTLS.Certificate(certificate: "\(folder)/\(name).pem", key: "\(folder)/\(name).key")
    }

    private static let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-utf8"]

    static func make(in folder: String) async throws {
        try await makeAuthority("authority", in: folder)
        try await makeAuthority("clients", in: folder)
        try await makeAuthority("unknown", in: folder)
        try await sign("server", "/CN=localhost", by: "authority", in: folder, names: "DNS:localhost,IP:127.0.0.1")
        let (owner, stranger) = ("/CN=\(CredentialKit.owner)", "/CN=\(CredentialKit.stranger)")
        for (name, subject, authority) in [
            (CredentialKit.Certificate.good, owner, "clients"), (.stranger, stranger, "clients"),
            (.untrusted, owner, "unknown"), (.serverAuthority, owner, "authority"),
            (.twoNames, owner + stranger, "clients"), (.controlCharacter, owner + "\nx", "clients"),
            (.nameless, "/O=\(CredentialKit.owner)", "clients"),
        ] {
            try await sign(name.rawValue, subject, by: authority, in: folder)
        }
        for pair in Lookalike.all {
            try await sign(pair.certificate, "/CN=\(pair.attacker)", by: "clients", in: folder)
        }
        let own = files(CredentialKit.Certificate.selfSigned.rawValue, in: folder)
        try await OpenSSLCommand.run(
            ["req", "-x509"] + key + ["-days", "2", "-subj", owner, "-keyout", own.key, "-out", own.certificate])
        try await issue(
            files(CredentialKit.Certificate.expired.rawValue, in: folder), subject: CredentialKit.owner,
            serial: "10", start: "20200101000000Z", end: "20200102000000Z", by: folder, in: folder)
    }

    /// Issues a certificate that ends within seconds.
    static func issue(
        subject: Subject, lifetime: Duration, in authorityFolder: String, to folder: String
    ) async throws -> IssuedCertificate {
        // The first bit is 0, so that OpenSSL writes it with as many digits.
        let serial = String(UInt64.random(in: 1 << 60..<1 << 63), radix: 16)
        let made = files("issued-\(serial)", in: folder)
        let now = MonotonicClock().unixNanoseconds / 1_000_000_000
        try await issue(
            made, subject: subject, serial: serial, start: time(now - 60), end: time(now + lifetime.components.seconds),
            by: authorityFolder, in: folder)
        return IssuedCertificate(files: made, serialNumber: CredentialID(serial))
    }

    private static func makeAuthority(_ name: String, in folder: String) async throws {
        let made = files(name, in: folder)
        try await OpenSSLCommand.run(
            ["req", "-x509"] + key + [
                "-days", "2", "-subj", "/CN=tandem \(name)", "-addext", "basicConstraints=critical,CA:TRUE",
                "-keyout", made.key, "-out", made.certificate,
            ])
    }

    private static func sign(
        _ name: String, _ distinguishedName: String, by authority: String, in folder: String, names: String? = nil
    ) async throws {
        let (made, signer) = (files(name, in: folder), files(authority, in: folder))
        try await OpenSSLCommand.run(
            ["req", "-x509", "-CA", signer.certificate, "-CAkey", signer.key] + key + [
                "-days", "2", "-subj", distinguishedName, "-addext", "basicConstraints=CA:FALSE", "-keyout", made.key,
                "-out",
                made.certificate,
            ] + (names.map { ["-addext", "subjectAltName=\($0)"] } ?? []))
    }

    /// Issues a certificate with times. `openssl ca` accepts these, `openssl req` does not.
    private static func issue(
        _ made: RawTLS.Certificate, subject: Subject, serial: String, start: String, end: String,
        by authorityFolder: String, in folder: String
    ) async throws {
        let (request, settings) = (made.certificate + ".csr", made.certificate + ".cnf")
        try await OpenSSLCommand.run(
            ["req", "-new"] + key + ["-subj", "/CN=\(subject)", "-keyout", made.key, "-out", request])
        try SecretFile.write("", to: made.certificate + ".index")
        try SecretFile.write(serial + "\n", to: made.certificate + ".serial")
        try SecretFile.write(
            """
            [ca]
            default_ca = study
            [study]
            database = \(made.certificate).index
            serial = \(made.certificate).serial
            new_certs_dir = \(folder)
            default_md = sha256
            policy = names
            x509_extensions = extensions
            [names]
            commonName = supplied
            [extensions]
            basicConstraints = CA:FALSE
            """, to: settings)
        let signer = files("clients", in: authorityFolder)
        try await OpenSSLCommand.run([
            "ca", "-batch", "-notext", "-config", settings, "-cert", signer.certificate, "-keyfile", signer.key,
            "-startdate", start, "-enddate", end, "-in", request, "-out", made.certificate,
        ])
    }

    /// A time in the form of `openssl ca`: `20261123050723Z`.
    private static func time(_ seconds: Int64) -> String {
        let text = Timestamp.string(seconds * 1_000_000_000)
        return String(text.prefix(19).filter(\.isNumber)) + "Z"
    }
}

extension RawTLS.Certificate {
    /// The same files for a client of a transport.
    public var clientFiles: CertificateFiles { CertificateFiles(certificate: certificate, key: key) }
}

/// A certificate that was made for one use, with its name in a revocation.
public struct IssuedCertificate: Sendable {
    public var files: RawTLS.Certificate
    /// In hexadecimal.
    public var serialNumber: CredentialID
}
