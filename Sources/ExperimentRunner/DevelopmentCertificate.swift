import Glibc

/// A certificate for this host only, valid for two days, with its key. It is made for a run, and nobody else trusts
/// it.
public struct DevelopmentCertificate: Hashable, Sendable {
    /// PEM file. The certificate is its own authority.
    public let certificatePath: String
    public let keyPath: String

    /// Makes the files `certificate.pem` and `key.pem` (mode 0600) with the `openssl` program.
    ///
    /// - Throws: `TrialError` where the program is missing or fails.
    public static func create(in folder: String) async throws -> Self {
        let made = Self(certificatePath: folder + "/certificate.pem", keyPath: folder + "/key.pem")
        try await HelperProgram.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-keyout", made.keyPath, "-out", made.certificatePath,
            ], of: "openssl", orElse: "there is no certificate for TLS")
        // openssl writes the key for its owner alone already; some builds do not.
        chmod(made.keyPath, 0o600)
        return made
    }
}
