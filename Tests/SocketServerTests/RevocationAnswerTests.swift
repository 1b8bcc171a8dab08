import Authentication
import Foundation
import Glibc
import OrderUpdates
import Synchronization
import Testing
import TransportCore
import Transports

/// When a revocation is answered, and what the server does meanwhile.
@Suite(.ownThreads) struct RevocationAnswerTests {
    @Test("A revocation is answered when the disk has it, and the loop serves others until then")
    func waitsForTheDisk() async throws {
        let gate = Mutex(false)
        let path = NSTemporaryDirectory() + "tandem-revocations-\(UInt64.random(in: 0...UInt64.max)).jsonl"
        defer { unlink(path) }
        let calls = AppendCalls(
            write: { write($0, $1.baseAddress, $1.count) },
            synchronise: { descriptor in
                // Until the test lets it.
                while gate.withLock({ $0 }) { sched_yield() }
                return fsync(descriptor)
            })
        let server = try await TokenServer(revocations: RevocationList(file: path, calls: calls))
        let token = try server.token(id: "first")
        let client = try RawClient(server.test.endpoint)
        let body = "{\"tokenId\":\"first\"}"
        gate.withLock { $0 = true }
        client.send(
            """
            POST /revocations HTTP/1.1\r
            Host: test\r
            Authorization: Bearer \(try server.token("operator", [.revoke]))\r
            Content-Length: \(body.utf8.count)\r
            \r
            \(body)
            """)
        // In force at once, on a loop that is not held up: the token is refused while the revocation has no answer.
        var answer = ""
        repeat {
            answer = try server.ask("GET", "/orders/a", headers: ["Authorization: Bearer \(token)"])
        } while answer.hasPrefix("HTTP/1.1 200")
        #expect(answer.hasPrefix("HTTP/1.1 401"))
        #expect(!client.hasNews, "it has been answered before the disk had it")
        gate.withLock { $0 = false }
        #expect(try client.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 204"))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "\(body)\n")
        await server.test.server.stop()
    }
}
