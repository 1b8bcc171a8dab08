import AuthStudy
import ExperimentModel
import Foundation
import Testing
import TransportCore

/// What a credential leaves behind, and what peers hold without one.
@Suite struct TraceMeasureTests {
    private func sinks(
        _ scheme: String, over transport: TransportName = .sse, isDefective: Bool = false
    ) async throws -> [AuthSummary.LeakSite] {
        try await MeasureStage.with(
            scheme, over: transport,
            wrap: { gate, folder -> any AuthScheme in
                isDefective ? BrokenGate(gate: gate, defect: .writes(folder + "/server.log")) : gate
            }
        ) { stage in
            try await ExposureMeasure(
                stage.bench,
                files: [("server log", stage.folder + "/server.log"), ("results", stage.folder + "/results")],
                proxy: nil
            ).measure()
        }
    }

    @Test("A token in the URL is found there, and can still be used")
    func aTokenInTheURLIsFoundThereAndStillOpens() async throws {
        let sinks = try await sinks("query")
        let url = try #require(sinks.first { $0.name == "URL" })
        #expect(url.isFound && url.isReusable == true)
        #expect((url.secondsLeft ?? 0) > 3_000)
        #expect(sinks.first { $0.name == "error bodies" }?.isFound == false)
    }

    @Test("A ticket in the URL is found there, and cannot be used again")
    func aTicketInTheURLOpensNothingAgain() async throws {
        let url = try #require(try await sinks("ticket").first { $0.name == "URL" })
        #expect(url.isFound && url.isReusable == false)
    }

    @Test(
        "A credential in a header or a message is found nowhere",
        arguments: [("bearer", TransportName.sse), ("cookie", .sse), ("bearer", .websocket), ("message", .websocket)])
    func aHeaderOrMessageLeavesNothing(scheme: String, transport: TransportName) async throws {
        let sinks = try await sinks(scheme, over: transport)
        #expect(sinks.filter(\.isFound) == [])
        #expect(sinks.map(\.name).contains("process list"))
    }

    @Test("A log that holds the credential is found") func aLogThatHoldsTheCredentialIsFound() async throws {
        let log = try #require(try await sinks("bearer", isDefective: true).first { $0.name == "server log" })
        #expect(log.isFound && log.isReusable == true)
    }

    // MARK: Before a credential

    private func costs(
        _ scheme: String, deadline: Duration, patience: Duration
    ) async throws -> [AuthSummary.PreAuth] {
        var limits = ServerConfiguration.Limits()
        limits.headerDeadline = deadline
        limits.firstMessageDeadline = .seconds(3)
        let bounds = PreAuthMeasure.Bounds(limits)
        return try await MeasureStage.with(scheme, over: .websocket, configure: { $0.limits = limits }) { stage in
            try await PreAuthMeasure(
                stage.bench.target, pid: ProcessInfo.processInfo.processIdentifier, bounds: bounds, patience: patience
            ).measure()
        }
    }

    @Test("Each kind of peer without a credential is ended, and its cost is measured")
    func everyKindIsEnded() async throws {
        let costs = try await costs("message", deadline: .seconds(4), patience: .seconds(30))
        #expect(costs.map(\.kind) == ["idle TCP", "half a header", "silent WebSocket"])
        for cost in costs {
            #expect(cost.seconds > 0)
            #expect(cost.limit.contains("usually"))
        }
    }

    @Test("A peer without a credential that is not ended is an error")
    func aPeerThatIsNotEndedIsAnError() async throws {
        await #expect(throws: StudyError.self) {
            try await costs("bearer", deadline: .seconds(60), patience: .milliseconds(200))
        }
    }

    // MARK: Reach

    @Test("The reach of a scheme counts the clients that speak the transport")
    func reachIsOfTheClientsThatSpeakTheTransport() {
        let profile = AuthSchemeProfile("x", "", clients: [.fetch, .curl])
        let reach = ReachMeasure(profile, over: .sse).measure()
        #expect(reach.map(\.client) == ["EventSource", "fetch", "curl", "URLSession"])
        #expect(reach.filter(\.isUsable).map(\.client) == ["fetch", "curl"])
        #expect(ReachMeasure(profile, over: .websocket).measure().map(\.client) == ["WebSocket", "curl", "URLSession"])
    }
}
