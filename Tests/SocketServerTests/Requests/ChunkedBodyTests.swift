import OrderUpdates
import Testing
import TransportCore
import Transports

/// Chunked bodies that cost the most: each byte in a chunk of its own, with as much around it as is allowed.
@Suite(.ownThreads) struct ChunkedBodyTests {
    /// The bound: 16 bytes for each byte of content, and as many more as a head may have.
    @Test(
        "what stands around the content has a bound, up to which 1 MiB in chunks of one byte is taken",
        arguments: [(0, "202"), (1, "400")])
    func bound(excess: Int, status: String) async throws {
        let headerBytes = 8 * 1024
        let test = try TestServer {
            $0.limits.headerBytes = headerBytes
            $0.limits.headerDeadline = .seconds(60)
        }
        var body = Array(#"{"status":"Activating""#.utf8)
        body += [UInt8](repeating: UInt8(ascii: " "), count: 1024 * 1024 - body.count - 1)
        body.append(UInt8(ascii: "}"))
        var request = Array(
            """
            POST /orders/a/updates HTTP/1.1\r
            Host: test\r
            Content-Type: application/json\r
            Connection: close\r
            Transfer-Encoding: chunked\r
            \r

            """.utf8)
        let size = Array("1;extensions\r\n".utf8)
        request.reserveCapacity(request.count + 17 * body.count + headerBytes)
        for byte in body {
            request += size
            request.append(byte)
            request += [0x0D, 0x0A]
        }
        let (start, end) = ("0\r\nT: ", "\r\n\r\n")
        let rest = headerBytes - start.utf8.count - end.utf8.count + excess
        request += Array((start + String(repeating: "t", count: rest) + end).utf8)
        let client = try RawClient(test.endpoint)
        client.send(request)
        let answer = try client.readToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
        // Beside the update that creates the order.
        #expect(test.hub.order(TestServer.order)?.position.offset == (status == "202" ? 2 : 1))
        await test.server.stop()
    }
}
