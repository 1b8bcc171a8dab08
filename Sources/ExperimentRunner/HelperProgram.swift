import Glibc
import Subprocess

/// A program of this machine that does one thing and ends: `openssl`, `certutil`.
package enum HelperProgram {
    /// The first of the names that PATH has; nil where none is installed.
    package static func path(of names: String...) -> String? {
        let folders = getenv("PATH").map { String(cString: $0) }?.split(separator: ":") ?? []
        for name in names {
            if let folder = folders.first(where: { access("\($0)/\(name)", X_OK) == 0 }) { return "\(folder)/\(name)" }
        }
        return nil
    }

    /// Runs it to its end.
    ///
    /// - Parameters:
    ///   - debianPackage: what has it.
    ///   - lack: what there is not, where it is not installed: `there is no certificate for TLS`.
    /// - Throws: `TrialError` where it is not installed or fails, with the last line of what it said.
    package static func run(
        _ name: String, _ arguments: [String], of debianPackage: String, orElse lack: String
    ) async throws {
        let result: ExecutionResult<Void, DiscardedOutput, StringOutput<UTF8>>
        do {
            result = try await Subprocess.run(
                .name(name), arguments: Arguments(arguments), output: .discarded, error: .string(limit: 64 << 10))
        } catch let error as SubprocessError where error.code == .executableNotFound {
            throw TrialError(
                .childEnded, "\(name) is not installed, so \(lack): install it (Debian: \(debianPackage))")
        }
        guard result.terminationStatus.isSuccess else {
            let complaint = result.standardError.split(separator: "\n").last.map(String.init) ?? "no message"
            throw TrialError(.childEnded, "\(name) \(arguments.first ?? "") failed, so \(lack): \(complaint)")
        }
    }
}
