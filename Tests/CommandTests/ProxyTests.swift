import Foundation
import Testing

/// `tandem proxy` before `tandem serve`, as an experiment runs them.
@Suite struct ProxyTests {
    private struct Event: Decodable {
        var event: String
        var port: Int?
        var controlPort: Int?
        var target: String?
        var connections: Int?
        var pid: Int32?
    }

    private func event(_ line: some StringProtocol) throws -> Event {
        try JSONDecoder().decode(Event.self, from: Data(line.utf8))
    }

    private func curl(_ arguments: String...) async throws -> String {
        let outcome = try await Command.start(
            program: "curl", ["--silent", "--show-error", "--max-time", "20"] + arguments
        ).outcome()
        #expect(outcome.status == 0, "\(outcome.error)")
        return outcome.output
    }

    @Test("A fault of the proxy begins and ends by HTTP requests", .timeLimit(.minutes(2)))
    func faultsBeginAndEndOverHTTP() async throws {
        let server = try await Command.start(["serve", "--json", "--port", "0", "--auth", "none", "--orders", "1"])
        try await Waiting.until("the server listens") { server.text.contains("\n") }
        let target = "127.0.0.1:\(try #require(try event(server.text).port))"
        let proxy = try await Command.start(["proxy", "--json", "--target", target])
        try await Waiting.until("the proxy listens") { proxy.text.contains("\n") }
        let listening = try event(proxy.text)
        #expect(listening.event == "listening" && listening.target == target && listening.pid == proxy.pid)
        let order = "http://127.0.0.1:\(try #require(listening.port))/orders/order-0"
        let control = "http://127.0.0.1:\(try #require(listening.controlPort))"

        #expect(try await curl(order).contains(#""orderId":"order-0""#))
        let begun = try await curl(
            "--json", #"{"fault": "respond", "parameters": {"status": 503, "retryAfter": 3}}"#, control + "/faults")
        #expect(begun.contains(#""id":1"#))
        let answer = try await curl("--include", order)
        #expect(answer.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n") && answer.contains("Retry-After: 3\r\n"))
        #expect(try await curl("-X", "DELETE", control + "/faults/1") == #"{"ended":1}"# + "\n")
        #expect(try await curl(order).contains(#""orderId":"order-0""#))
        #expect(try await curl(control + "/log?after=0").contains(#""event":"answered""#))

        proxy.send(SIGTERM)
        let outcome = try await proxy.outcome()
        #expect(outcome.status == 0)
        let last = try event(try #require(outcome.output.split(separator: "\n").last))
        #expect(last.event == "stopped" && last.connections == 3)
        server.send(SIGTERM)
        _ = try await server.outcome()
    }

    @Test("A plan begins when the proxy starts", .timeLimit(.minutes(1))) func aPlanBeginsWithTheProxy() async throws {
        try await Command.inFolder { folder in
            let plan = "- {fault: respond, status: 404}\n- {fault: reset, at: 3600}\n"
            try plan.write(toFile: folder + "/plan.yaml", atomically: true, encoding: .utf8)
            let proxy = try await Command.start(
                ["proxy", "--json", "--target", "127.0.0.1:1", "--plan", "plan.yaml"], in: folder)
            try await Waiting.until("the proxy listens") { proxy.text.contains("\n") }
            let port = try #require(try event(proxy.text).port)
            #expect(try await curl("--include", "http://127.0.0.1:\(port)/").hasPrefix("HTTP/1.1 404 Not Found\r\n"))
            proxy.send(SIGTERM)
            #expect(try await proxy.outcome().status == 0)
        }
    }

    @Test(
        "A wrong option is refused by its name",
        arguments: [
            (["proxy"], "--target"),
            (["proxy", "--target", "8080"], "--target"),
            (["proxy", "--target", "127.0.0.1:0"], "--target needs a port"),
            (["proxy", "--target", "127.0.0.1:70000"], "--target"),
            (["proxy", "--target", "127.0.0.1:1", "--listen", "nowhere"], "--listen"),
            (["proxy", "--target", "127.0.0.1:1", "--control-port", "70000"], "--control-port takes 0 to 65535"),
            (["proxy", "--target", "127.0.0.1:1", "--connections", "0"], "--connections takes 1 to 1000000"),
            (["proxy", "--target", "127.0.0.1:1", "--plan", "/nowhere.yaml"], "/nowhere.yaml: cannot open"),
        ])
    func whatCannotBeIsRefused(arguments: [String], message: String) async throws {
        let outcome = try await Command.run(arguments)
        #expect(outcome.status == 2, "\(outcome)")
        #expect(outcome.error.contains(message), "\(outcome.error)")
    }

    @Test("A plan with an unknown fault is refused with its line")
    func aPlanThatIsNoneIsRefusedWithItsLine() async throws {
        try await Command.inFolder { folder in
            try "- {fault: latency}\n- {fault: latincy}\n".write(
                toFile: folder + "/plan.yaml", atomically: true, encoding: .utf8)
            let outcome = try await Command.run("proxy", "--target", "127.0.0.1:1", "--plan", "plan.yaml", in: folder)
            #expect(outcome.status == 2)
            #expect(outcome.error.contains("plan.yaml:2:"), "\(outcome.error)")
            #expect(outcome.error.contains("did you mean 'latency'?"), "\(outcome.error)")
        }
    }

    @Test("An address that is in use is an error that names it") func anAddressThatIsTakenIsSaid() async throws {
        let server = try await Command.start(["serve", "--json", "--port", "0", "--auth", "none"])
        try await Waiting.until("the server listens") { server.text.contains("\n") }
        let address = "127.0.0.1:\(try #require(try event(server.text).port))"
        let outcome = try await Command.run("proxy", "--target", address, "--listen", address)
        #expect(outcome.status == 3)
        #expect(outcome.error.contains("cannot listen on \(address)"), "\(outcome.error)")
        server.send(SIGTERM)
        _ = try await server.outcome()
    }
}
