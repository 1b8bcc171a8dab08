import Catalog
import ExperimentModel
import FaultInjection
import Foundation
import Testing

/// A plan's faults begin and end in the order of their times.
@Suite struct PlanTests {
    @Test("Steps begin and end in the order of their times, whatever their order in the plan")
    func followsTimes() async throws {
        let plan = [
            FaultStep("reset", at: 0.15),
            FaultStep("latency", at: 0, for: 0.1, parameters: ["milliseconds": 1]),
            FaultStep("jitter", at: 0.05, for: 0.2),
        ]
        try await Stage.with(plan: plan) { stage in
            try await stage.waitForLog(.ended, count: 3)
            let log = try await stage.log
            #expect(log.map(\.fault) == ["latency", "jitter", "latency", "reset", "reset", "jitter"])
            #expect(log.map(\.event) == [.began, .began, .ended, .began, .ended, .ended])
            // None begins before its time, counted from the plan's start.
            let start = try #require(try await stage.proxy.withCore { $0.planStartedAt })
            let begun = Dictionary(
                log.filter { $0.event == .began }.map { ($0.fault ?? "", $0.at) },
                uniquingKeysWith: { first, _ in first })
            for step in plan { #expect((begun[step.fault] ?? 0) - start >= Int64(step.at * 1e9)) }
        }
    }

    @Test("A new plan ends what is under way, and takes the place of what was to come")
    func replacesPlans() async throws {
        try await Stage.with(plan: [FaultStep("latency"), FaultStep("reset", at: 3600)]) { stage in
            try await stage.waitForLog(.began)
            let control = ControlClient(port: stage.proxy.controlPort)
            let answer = try await control.send(
                "PUT", "/plan", #"{"name": "next", "steps": [{"fault": "jitter", "at": 0.02}, {"fault": "fin"}]}"#)
            #expect(answer.status == 200)
            #expect(answer["steps", 0, "fault"] as? String == "fin")
            try await stage.waitForLog(.began, count: 3)
            #expect(
                try await stage.log.map { "\($0.event) \($0.fault ?? "")" } == [
                    "began latency", "ended latency", "began fin", "ended fin", "began jitter",
                ])
            try await control.send("PUT", "/plan", #"{"steps": []}"#).expect(200)
            #expect((try await control.send("GET", "/faults")["active"] as? [Any])?.isEmpty == true)
        }
    }

    @Test("A plan as it is encoded in experiments is taken")
    func takesEncodedPlans() async throws {
        let plan = FaultPlan(
            name: "cut",
            steps: [FaultStep("black-hole", at: 0, for: 60, parameters: ["toServer": 0]), FaultStep("reset", at: 1)])
        let body = String(decoding: try JSONEncoder().encode(plan), as: UTF8.self)
        try await Stage.with { stage in
            let control = ControlClient(port: stage.proxy.controlPort)
            try await control.send("PUT", "/plan", body).expect(200)
            #expect(try await stage.proxy.withCore { $0.plan } == plan.steps)
            let step = String(decoding: try JSONEncoder().encode(plan.steps[0]), as: UTF8.self)
            try await control.send("POST", "/faults", step).expect(201)
        }
    }

    @Test("A plan that names no fault of the proxy is refused before it listens")
    func refusesPlans() async throws {
        await #expect(throws: FaultError.self) {
            try await Stage.with(plan: [FaultStep("server-kill")]) { _ in }
        }
    }

    @Test("An address that is taken is an error that names it")
    func refusesTakenAddresses() async throws {
        let server = try TestServer()
        var configuration = FaultProxy.Configuration(targetHost: "127.0.0.1", targetPort: server.port)
        configuration.port = server.port
        let taken = configuration
        await #expect {
            try await FaultProxy.start(taken, faults: Catalog.proxyFaults)
        } throws: {
            ($0 as? FaultError)?.code == .address && "\($0)".contains("127.0.0.1:\(server.port)")
        }
    }
}
