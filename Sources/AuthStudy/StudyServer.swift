import ExperimentRunner
import FoundationEssentials
import TransportCore

/// A server under study, in a process of its own, with its log in a file.
struct StudyServer: Sendable {
    let endpoint: Endpoint
    let pid: Int32
    let logPath: String

    /// What its first line says.
    private struct Address: Decodable {
        var host: String
        var port: Int
        var h2cPort: Int?
        var tls: Bool
    }

    /// Starts `tandem serve`, and ends it when the body has returned.
    static func run<Result: Sendable>(
        _ program: String, _ arguments: [String], logPath: String,
        _ body: (StudyServer) async throws -> Result
    ) async throws -> Result {
        // The shell gives way to the server, which keeps its process id.
        let shell = ["-c", "log=$1; shift; exec \"$@\" 2>\"$log\"", "sh", logPath, program] + arguments
        return try await ChildProcess.run("the server", "/bin/sh", shell, processor: nil) { child in
            let line: String
            do {
                line = try await child.line(within: .seconds(15), waitingFor: "listening")
            } catch {
                let log =
                    FileManager.default.contents(atPath: logPath).map { String(decoding: $0, as: UTF8.self) } ?? ""
                throw StudyError("the server did not start: \(log.isEmpty ? "\(error)" : String(log.prefix(300)))")
            }
            guard let address = try? JSONDecoder().decode(Address.self, from: Data(line.utf8)) else {
                throw StudyError("the server said '\(line.prefix(200))' instead of where it listens")
            }
            let endpoint = Endpoint(
                host: address.host, port: address.port, h2cPort: address.h2cPort, tls: address.tls)
            return try await body(StudyServer(endpoint: endpoint, pid: child.pid, logPath: logPath))
        }
    }
}
