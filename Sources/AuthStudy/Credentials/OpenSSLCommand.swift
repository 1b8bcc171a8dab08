import Authentication
import ExperimentRunner

/// Runs the `openssl` program. It makes what swift-crypto cannot: RSA and Ed25519 keys as numbers, and certificates
/// that no authority would issue.
enum OpenSSLCommand {
    /// - Throws: `CredentialError` where the program is missing or fails.
    static func run(_ arguments: [String]) async throws {
        do {
            try await HelperProgram.run(
                "openssl", arguments, of: "openssl", orElse: "there are no keys to study")
        } catch let error as TrialError {
            throw CredentialError(.unavailable, error.message)
        }
    }
}
