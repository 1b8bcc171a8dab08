import ExperimentRunner
import FoundationEssentials
import Glibc

/// A path whose proxy is running.
package struct RunningPath: Sendable {
    /// The address that clients connect to.
    package let endpoint: PathEndpoint
    /// The proxy's process; nil where there is no proxy.
    package let pid: Int32?

    /// How often another process may take a port between our choice and the proxy's start.
    private static let attempts = 3

    /// Runs a path in front of servers for as long as the body runs.
    ///
    /// - Parameters:
    ///   - targets: as many servers as the path distributes connections over.
    ///   - folder: for the proxy's files; it is empty, and the caller removes it.
    /// - Throws: `PathError` where the program is not installed, or does not listen.
    package static func run<Result: Sendable>(
        _ path: some NetworkPath, targets: [PathEndpoint], folder: String,
        body: (RunningPath) async throws -> Result
    ) async throws -> Result {
        precondition(path.targets.contains(targets.count), "'\(path.name)' takes \(path.targets) servers")
        guard let program = path.program else {
            return try await body(RunningPath(endpoint: targets[0], pid: nil))
        }
        return try await run(program, folder: folder) { ports in
            path.configuration(PathPlace(port: ports[0], targets: targets, folder: folder))
        } body: { path, _ in
            try await body(path)
        }
    }

    /// Runs a proxy with the configuration that is made for its ports.
    ///
    /// - Parameters:
    ///   - ports: how many ports it needs; clients connect to the first.
    package static func run<Result: Sendable>(
        _ program: ProxyProgram, folder: String, ports: Int = 1, configuration: ([Int]) -> PathConfiguration,
        body: (RunningPath, _ ports: [Int]) async throws -> Result
    ) async throws -> Result {
        guard let executable = program.path else {
            throw PathError("\(program.rawValue) is not installed: apt-get install \(program.rawValue)")
        }
        let file = "\(folder)/\(program.rawValue).conf"
        for attempt in 1... {
            let ports = try FreePort.choose(ports)
            let port = ports[0]
            try Data(configuration(ports).text.utf8).write(to: URL(filePath: file))
            do {
                return try await ChildProcess.run(
                    program.rawValue, executable, program.arguments(file, folder: folder), processors: nil
                ) { child in
                    try await waitUntilListening(child, port)
                    return try await body(
                        RunningPath(endpoint: PathEndpoint(host: "127.0.0.1", port: port), pid: child.pid), ports)
                }
            } catch is NotListening {
                guard attempt < attempts else {
                    throw PathError("\(program.rawValue) did not listen\(complaint(folder))")
                }
            }
        }
        preconditionFailure("the loop ends by returning or throwing")
    }

    private struct NotListening: Error {}

    private static func waitUntilListening(_ child: ChildProcess, _ port: Int) async throws {
        let isListening = try await Polling.isTrue(within: .seconds(5), every: .milliseconds(5)) {
            guard !FreePort.isTaken(port) else { return true }
            if child.hasEnded { throw NotListening() }
            return false
        }
        guard isListening else { throw NotListening() }
    }

    private static func complaint(_ folder: String) -> String {
        guard let log = FileManager.default.contents(atPath: folder + "/error.log"), !log.isEmpty else { return "" }
        return ": " + String(decoding: log.suffix(200), as: UTF8.self)
    }
}

/// Why a path could not be set up.
public struct PathError: Error, CustomStringConvertible {
    /// What happened, and what to do about it.
    public var message: String
    public var description: String { message }

    init(_ message: String) { self.message = message }
}
