import ExperimentModel
import Glibc
import NetworkPaths
import ReconnectionStudy
import Testing

/// A small trial of each of the other studies of sessions.
@Suite(.serialized) struct OtherStudyTests {
    @Test("A storm is measured beside bystanders whom it does not touch", .enabled(if: geteuid() == 0))
    func storms() async throws {
        let observation = try await StudyBench.measure(StudyBench.cell(sessions: 40)) { settings in
            StormStudy(settings) { question in
                StormCurve(sessions: question.sessions, binSeconds: 0.1, attempts: [], refused: [], back: [])
            }
        }
        #expect(observation.status == .ok, "\(observation.reason ?? "")")
        let storm = try #require(observation.storm)
        #expect(storm.sessions == 40 && storm.bystanders == 4 && storm.acceptRate > 0)
        #expect(storm.measured.back.reduce(0, +) == 40 && storm.measured.secondsUntilAll != nil)
        #expect(storm.measured.attempts.reduce(0, +) >= 40)
        #expect(storm.model?.sessions == 40 && storm.extrapolation?.sessions == 1_000_000)
        #expect(storm.ledger?.silentlyLost == 0 && (storm.bystandersDuring?.count ?? 0) > 0)
    }

    @Test("A drain tells every client why, and ends within its bound")
    func drains() async throws {
        let observation = try await StudyBench.measure(StudyBench.cell(sessions: 20)) { DrainStudy($0) }
        #expect(observation.status == .ok, "\(observation.reason ?? "")")
        let drain = try #require(observation.drain)
        #expect(drain.sessions == 20 && drain.cleanReasons == 20)
        #expect(drain.closed.count == 20 && drain.reconnects.count == 20)
        #expect(drain.ledger?.silentlyLost == 0)
    }

    @Test(
        "A path without a proxy works on every transport", arguments: ["sse", "websocket", "long-polling", "polling"])
    func passesThrough(_ transport: String) async throws {
        let isPolling = transport == "polling"
        let cell = StudyBench.cell(
            transport, recovery: isPolling ? "snapshot" : "replay-or-snapshot", path: "direct",
            pollInterval: isPolling ? 0.1 : nil)
        let observation = try await StudyBench.measure(cell, seconds: 1) { PathStudy($0) }
        #expect(observation.status == .ok, "\(observation.reason ?? "")")
        let path = try #require(observation.path)
        #expect(path.verdict == .works, "\(path.outcome)")
        #expect(path.settings == 0 && path.firstUpdate?.count == 6 && path.refusal == nil)
    }

    @Test(
        "What nginx refuses without settings is said with its status",
        .enabled(if: ProxyProgram.nginx.path != nil, "nginx is not installed"))
    func refuses() async throws {
        let observation = try await StudyBench.measure(
            StudyBench.cell("websocket", path: "nginx-default"), seconds: 1
        ) { PathStudy($0) }
        let path = try #require(observation.path)
        #expect(path.verdict == .refused && (path.refusal ?? 0) >= 400)
    }
}
