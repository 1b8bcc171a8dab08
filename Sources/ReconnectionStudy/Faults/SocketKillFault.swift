public import ExperimentModel
import Glibc
import LoadGeneration
import Subprocess

/// Has the kernel cut the sessions' connections, all at once and without telling either side beforehand (`ss -K`).
public struct SocketKillFault: RunnerFault {
    public static let profile = FaultProfile(
        "socket-kill", purpose: "has the kernel cut the sessions' sockets (ss -K)", executor: .runner, lasts: false)

    public static var rejection: String? {
        guard geteuid() == 0 else {
            return "to cut sockets by the kernel (ss -K) takes root, and this run has not got it"
        }
        let places = ["/usr/bin/ss", "/bin/ss", "/usr/sbin/ss", "/sbin/ss"]
        return places.contains { (path: String) in access(path, X_OK) == 0 }
            ? nil : "ss is not installed (Debian: iproute2), so the kernel cannot be asked to cut sockets"
    }

    public init(_ parameters: FaultParameters) {}

    public func begin(_ stage: FaultStage) async throws { try await Self.cut(port: stage.port) }

    /// Cuts the sessions' connections to a port. Bystanders have other addresses.
    static func cut(port: Int) async throws {
        let result = try await Subprocess.run(
            .name("ss"),
            arguments: [
                "-H", "-K", "-t", "state", "established", "src", SessionSpecification.sessionAddresses, "dport", "=",
                ":\(port)",
            ],
            output: .discarded, error: .string(limit: 4096))
        guard result.terminationStatus.isSuccess else {
            throw SessionStudyError("ss -K failed: \(result.standardError.prefix(200))")
        }
    }
}
