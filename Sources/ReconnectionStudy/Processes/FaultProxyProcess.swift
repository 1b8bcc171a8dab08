import ExperimentModel
import ExperimentRunner
import FoundationEssentials
import LWS
import Threads
import Transports

/// The fault proxy in a process of its own, with its HTTP interface.
struct FaultProxyProcess: Sendable {
    private struct Address: Decodable {
        var host: String
        var port: Int
        var controlPort: Int
    }

    private struct Plan: Decodable {
        var startedAt: Int64?
    }

    let port: Int
    private let host: String
    private let controlPort: Int

    /// Starts it before a server, and ends it when the body has returned.
    static func run<Result: Sendable>(
        _ program: String, before target: String, seed: UInt64, guardian: RunGuardian,
        _ body: (FaultProxyProcess) async throws -> Result
    ) async throws -> Result {
        let arguments = ["proxy", "--target", target, "--json", "--seed", String(seed)]
        return try await ChildProcess.run("the proxy", program, arguments, processors: nil) { child in
            guardian.watch(child.pid)
            defer { guardian.leave(child.pid) }
            let line = try await child.line(within: .seconds(15), waitingFor: "listening")
            guard let address = try? JSONDecoder().decode(Address.self, from: Data(line.utf8)) else {
                throw SessionStudyError("the proxy said '\(line.prefix(200))' instead of where it listens")
            }
            return try await body(
                FaultProxyProcess(port: address.port, host: address.host, controlPort: address.controlPort))
        }
    }

    /// Makes it follow a plan from now on.
    ///
    /// - Returns: the start of the plan, in nanoseconds of the monotonic clock.
    func follow(_ plan: FaultPlan) async throws -> Int64 {
        let requester = try HTTPRequester()
        return try await withEnd {
            await requester.shutdown()
        } _: {
            try await follow(plan, requester)
        }
    }

    private func follow(_ plan: FaultPlan, _ requester: HTTPRequester) async throws -> Int64 {
        var request = ClientRequest(host: host, port: controlPort, path: "/plan")
        request.method = "PUT"
        request.headers = [("content-type", "application/json")]
        request.body = Array(try JSONEncoder().encode(plan))
        let answer = try await requester.send(request)
        guard answer.status == 200, let begun = try? JSONDecoder().decode(Plan.self, from: Data(answer.body)),
            let start = begun.startedAt
        else {
            throw SessionStudyError(
                "the proxy does not take the plan: \(String(decoding: answer.body.prefix(300), as: UTF8.self))")
        }
        return start
    }
}
