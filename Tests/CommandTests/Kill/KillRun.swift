import Foundation
import SeededRandomness
import Testing

/// A server that is killed again and again, a publisher that goes on, and followers that resume.
final class KillRun {
    let ledger = ResumeLedger()
    let followers: [Follower]
    let arguments: [String]
    private let threads: [Thread]
    private static let order = "order-0"

    /// - Parameter arguments: of `tandem serve`, beside those of every run.
    init(_ arguments: [String]) {
        self.arguments = ["serve", "--json", "--auth", "none", "--orders", "2"] + arguments
        let stream = Follower("SSE", ledger)
        let socket = Follower("WebSocket", ledger)
        let poll = Follower("long polling", ledger)
        let merged = Follower("SSE of two orders", ledger, isSingle: false)
        followers = [stream, socket, poll, merged]
        let ledger = ledger
        let order = Self.order
        threads = [
            Self.thread(ledger, until: { ledger.isPublished }) { Self.publish(ledger) },
            Self.thread(ledger, until: { ledger.isOver }) { stream.eventStream("/orders/\(order)/events") },
            Self.thread(ledger, until: { ledger.isOver }) { socket.webSocket("/orders/\(order)/socket") },
            Self.thread(ledger, until: { ledger.isOver }) { poll.longPolls("/orders/\(order)/updates") },
            Self.thread(ledger, until: { ledger.isOver }) {
                merged.eventStream("/events?order=\(order)&order=order-1")
            },
        ]
        threads.forEach { $0.start() }
    }

    /// Connects again as soon as a connection has ended.
    private static func thread(
        _ ledger: ResumeLedger, until isOver: @escaping @Sendable () -> Bool, _ session: @escaping @Sendable () -> Void
    ) -> Thread {
        Thread {
            while !isOver() {
                if ledger.port > 0 { session() }
                usleep(1_000)
            }
        }
    }

    /// A number is sent once: whether an update whose answer did not come was taken, nobody can tell.
    private static func publish(_ ledger: ResumeLedger) {
        guard let client = WireClient(port: ledger.port, isOver: { ledger.isPublished }) else { return }
        while !ledger.isPublished {
            let number = ledger.attempt()
            let sent = client.post("/orders/\(order)/updates", "{\"status\":\"Activating\",\"message\":\"\(number)\"}")
            guard sent, let response = client.response() else { return }
            let text = String(decoding: response.body, as: UTF8.self)
            guard response.status == 202, let position = ResumeLedger.Position(String(text.dropFirst(13).dropLast(2)))
            else {
                return ledger.complain("the publisher got \(response.status) \(text)")
            }
            ledger.acknowledge(number, at: position)
            // Room for the followers, so that they are not lapped.
            usleep(200)
        }
    }

    /// - Returns: acknowledgements by life of the server.
    func kill(times: Int, _ generator: inout SplitMix64) async throws -> [Int] {
        var lives: [Int] = []
        for _ in 0..<times {
            let server = try await start()
            let before = ledger.acknowledgements
            if Int.random(in: 0..<4, using: &generator) == 0 {
                // While it begins, as like as not.
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...40, using: &generator)))
            } else {
                let wanted = before + Int.random(in: 0...12, using: &generator)
                try await self.wait(for: server) { self.ledger.acknowledgements >= wanted }
                usleep(UInt32.random(in: 0...2_000, using: &generator))
            }
            if !server.hasEnded { server.send(SIGKILL) }
            let outcome = try await server.outcome()
            if outcome.status != -SIGKILL, !Self.portWasTaken(outcome) {
                ledger.complain("the server ended: \(outcome)")
            }
            learnPort(outcome.output)
            lives.append(ledger.acknowledgements - before)
        }
        return lives
    }

    /// One life more, until every follower has caught up; then the server is stopped in good order.
    func finish() async throws {
        var server = try await start()
        try await wait(for: server) { [server] in server.text.contains("listening") }
        while server.hasEnded, Self.portWasTaken(try await server.outcome()) {
            try await Task.sleep(for: .milliseconds(50))
            server = try await start()
            try await wait(for: server) { [server] in server.text.contains("listening") }
        }
        let reached = ledger.acknowledgements + 3
        try await wait(for: server) { self.ledger.acknowledgements >= reached }
        // What is acknowledged after the followers were looked at would be missing to them.
        ledger.stopPublishing()
        try await wait(for: server) { self.threads[0].isFinished }
        try await wait(for: server) {
            let last = self.ledger.acknowledged.keys.max() ?? 0
            return self.followers.allSatisfy { $0.current.number >= last }
        }
        ledger.end()
        for thread in threads { while !thread.isFinished { usleep(1_000) } }
        server.send(SIGTERM)
        let outcome = try await server.outcome()
        #expect(outcome.status == 0, "\(outcome)")
    }

    private func start() async throws -> Command.Running {
        try await Command.start(arguments + ["--port", String(ledger.port)])
    }

    /// Waits, unless the server has come to an end by itself.
    private func wait(for server: Command.Running, _ isTrue: @escaping () -> Bool) async throws {
        for _ in 0..<30_000 {
            learnPort(server.text)
            if isTrue() || server.hasEnded { return }
            try await Task.sleep(for: .milliseconds(1))
        }
        Issue.record("nothing goes on; \(ledger.acknowledgements) acknowledged; \(followers.map { $0.current.number })")
        throw CancellationError()
    }

    /// It is the system's choice at first, and stays.
    private func learnPort(_ output: String) {
        guard ledger.port == 0, let line = output.split(separator: "\n").first,
            let event = try? JSONDecoder().decode(DrainTests.Event.self, from: Data(line.utf8)), let port = event.port
        else { return }
        ledger.port = port
    }

    /// While the server is down, anybody may take its port.
    private static func portWasTaken(_ outcome: Command.Outcome) -> Bool {
        outcome.status == 3 && outcome.error.contains("choose another port")
    }
}
