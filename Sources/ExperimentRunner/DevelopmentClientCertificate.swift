import FoundationEssentials
import Glibc
import Subprocess
public import TransportCore

/// An authority of client certificates and the certificates that it signed: made for a run, trusted by nobody else.
public struct DevelopmentClientCertificate: Hashable, Sendable {
    /// PEM file of the authority.
    public let authorityPath: String
    /// The certificate of the orders' owner.
    public let owner: CertificateFiles
    private let folder: String

    /// Makes an authority and a certificate with the `openssl` program.
    ///
    /// - Parameters:
    ///   - folder: where the files go, all with the prefix `client-`.
    ///   - subject: the common name: the owner of orders.
    /// - Throws: `TrialError` where the program is missing or fails.
    public static func create(in folder: String, subject: String) async throws -> Self {
        let authority = folder + "/client-authority"
        try await openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=tandem-clients", "-keyout", authority + ".key", "-out", authority + ".pem",
        ])
        let owner = try await sign(in: folder, name: "owner", subject: subject, serial: 1, seconds: 2 * 86_400)
        return Self(authorityPath: authority + ".pem", owner: owner, folder: folder)
    }

    /// Another certificate of the same authority.
    ///
    /// - Parameters:
    ///   - serial: the certificate's number, by which it can be revoked.
    ///   - seconds: its life, from now.
    public func issue(name: String, subject: String, serial: Int, seconds: Int64) async throws -> CertificateFiles {
        try await Self.sign(in: folder, name: name, subject: subject, serial: serial, seconds: seconds)
    }

    private static func sign(
        in folder: String, name: String, subject: String, serial: Int, seconds: Int64
    ) async throws -> CertificateFiles {
        let (base, authority) = (folder + "/client-\(name)", folder + "/client-authority")
        try await openssl([
            "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
            "/CN=\(subject)", "-keyout", base + ".key", "-out", base + ".csr",
        ])
        // `openssl x509` counts lives in days; only `ca` takes a time.
        let configuration = """
            [ca]
            default_ca = clients
            [clients]
            database = \(base).index
            new_certs_dir = \(folder)
            serial = \(base).serial
            default_md = sha256
            policy = any
            unique_subject = no
            [any]
            commonName = supplied

            """
        let digits = String(serial, radix: 16)
        for (suffix, text) in [
            ("cnf", configuration), ("index", ""),
            ("serial", (digits.count.isMultiple(of: 2) ? "" : "0") + digits + "\n"),
        ] {
            try Data(text.utf8).write(to: URL(filePath: "\(base).\(suffix)"))
        }
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        try await openssl([
            "ca", "-batch", "-notext", "-config", base + ".cnf", "-cert", authority + ".pem", "-keyfile",
            authority + ".key", "-in", base + ".csr", "-out", base + ".pem", "-startdate", time(now.tv_sec - 60),
            "-enddate", time(now.tv_sec + Int(seconds)),
        ])
        chmod(base + ".key", 0o600)
        return CertificateFiles(certificate: base + ".pem", key: base + ".key")
    }

    /// `YYYYMMDDHHMMSSZ`.
    private static func time(_ seconds: Int) -> String {
        var seconds = time_t(seconds)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { (number < 10 ? "0" : "") + String(number) }
        return "\(parts.tm_year + 1900)\(two(parts.tm_mon + 1))\(two(parts.tm_mday))\(two(parts.tm_hour))"
            + "\(two(parts.tm_min))\(two(parts.tm_sec))Z"
    }

    private static func openssl(_ arguments: [String]) async throws {
        let result: ExecutionResult<Void, DiscardedOutput, StringOutput<UTF8>>
        do {
            result = try await Subprocess.run(
                .name("openssl"), arguments: Arguments(arguments), output: .discarded,
                error: .string(limit: 64 << 10))
        } catch let error as SubprocessError where error.code == .executableNotFound {
            throw TrialError(
                .childEnded,
                "openssl is not installed, so there are no client certificates: install it (Debian: openssl)")
        }
        guard result.terminationStatus.isSuccess else {
            let complaint = result.standardError.split(separator: "\n").last.map(String.init) ?? "no message"
            throw TrialError(.childEnded, "openssl made no client certificate: \(complaint)")
        }
    }
}
