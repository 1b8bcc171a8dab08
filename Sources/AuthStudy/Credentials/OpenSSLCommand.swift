import Authentication
import Subprocess

/// Runs the `openssl` program. It makes what swift-crypto cannot: RSA and Ed25519 keys as numbers, and certificates
/// that no authority would issue.
enum OpenSSLCommand {
    /// - Throws: `CredentialError` where the program is missing or fails.
    static func run(_ arguments: [String]) async throws {
        let result: ExecutionResult<Void, DiscardedOutput, StringOutput<UTF8>>
        do {
            result = try await Subprocess.run(
                .name("openssl"), arguments: Arguments(arguments), output: .discarded, error: .string(limit: 64 << 10))
        } catch let error as SubprocessError where error.code == .executableNotFound {
            throw CredentialError(
                .unavailable, "openssl is not installed, so there are no keys to study: install it (Debian: openssl)")
        }
        guard result.terminationStatus.isSuccess else {
            let complaint = result.standardError.split(separator: "\n").last.map(String.init) ?? "no message"
            throw CredentialError(.unavailable, "openssl \(arguments.first ?? "") failed: \(complaint)")
        }
    }
}
