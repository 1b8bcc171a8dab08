import Glibc
import Subprocess

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
        let result: ExecutionResult<Void, DiscardedOutput, StringOutput<UTF8>>
        do {
            result = try await Subprocess.run(
                .name("openssl"),
                arguments: [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-keyout", made.keyPath, "-out", made.certificatePath,
                ],
                output: .discarded, error: .string(limit: 64 << 10))
        } catch let error as SubprocessError where error.code == .executableNotFound {
            throw TrialError(
                .childEnded,
                "openssl is not installed, so there is no certificate for TLS: install it (Debian: openssl)")
        }
        guard result.terminationStatus.isSuccess else {
            let complaint = result.standardError.split(separator: "\n").last.map(String.init) ?? "no message"
            throw TrialError(.childEnded, "openssl made no certificate: \(complaint)")
        }
        // openssl usually makes the key readable only by its owner, but some builds do not.
        chmod(made.keyPath, 0o600)
        return made
    }
}
