import ExperimentModel
import FoundationEssentials
import Glibc
import Measurement

/// The server under test, in a process of its own.
struct ServerProcess {
    /// What its first line says.
    struct Address: Decodable {
        var host: String?
        var port: Int
        var h2cPort: Int?
        var tls: Bool?
    }

    let child: ChildProcess
    let address: Address

    var pid: Int32 { child.pid }

    /// Starts it and waits until it listens.
    static func run<Result: Sendable>(
        _ launch: ServerLaunch, processors: String?, guardian: RunGuardian, body: (ServerProcess) async throws -> Result
    ) async throws -> Result {
        try await ChildProcess.run("the server", launch.program, launch.arguments, processors: processors) { child in
            guardian.watch(child.pid)
            defer { guardian.leave(child.pid) }
            let line = try await child.line(within: .seconds(15), waitingFor: "listening")
            guard let address = try? JSONDecoder().decode(Address.self, from: Data(line.utf8)) else {
                throw TrialError(.unexpectedOutput, "the server said '\(line.prefix(200))' instead of where it listens")
            }
            return try await body(ServerProcess(child: child, address: address))
        }
    }

    /// Starts the schedule of a floor server.
    func startPublishing() { child.send(signal: SIGUSR1) }

    func usage() -> ResourceUsage? { try? ResourceUsage.read(pid: pid) }

    func cpu() -> CPUTime? { try? CPUTime.read(pid: pid) }
}
