import Compression
import LWS
import OrderUpdates
import Testing
import TransportCore
import Transports

/// permessage-deflate on the wire (RFC 7692): what is agreed on, what updates look like then, and what a client may send.
@Suite(.ownThreads) struct DeflateTests {
    private static func compressing(_ more: (inout ServerConfiguration) -> Void = { _ in }) throws -> TestServer {
        try TestServer {
            $0.compression = .permessageDeflate
            $0.heartbeat.kind = .off
            more(&$0)
        }
    }

    private static let offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"
    private static let takeover = "server_no_context_takeover; client_no_context_takeover"

    private static func open(_ test: TestServer, _ offer: String = offer, path: String = "/orders/a/socket") throws
        -> RawClient
    {
        try RawClient.webSocket(test, path, headers: [offer])
    }

    /// The whole frames that have come after the handshake.
    private static func frames(_ received: [UInt8]) -> [(head: UInt8, payload: [UInt8])] {
        let end = Array("\r\n\r\n".utf8)
        guard var place = received.indices.first(where: { received[$0...].starts(with: end) }).map({ $0 + 4 }) else {
            return []
        }
        var found: [(UInt8, [UInt8])] = []
        while place + 2 <= received.count {
            let (head, short) = (received[place], Int(received[place + 1]))
            guard short < 126 || place + 4 <= received.count else { break }
            let start = short < 126 ? place + 2 : place + 4
            let count = short < 126 ? short : Int(received[place + 2]) << 8 | Int(received[place + 3])
            guard start + count <= received.count else { break }
            found.append((head, Array(received[start..<(start + count)])))
            place = start + count
        }
        return found
    }

    private static func expand(_ bytes: [UInt8]) throws -> String {
        String(
            decoding: try bytes.withUnsafeBytes { try MessageInflater().expand($0, atMost: 100_000) }, as: UTF8.self)
    }

    private static func compressed(_ text: String) throws -> [UInt8] {
        var bytes = Array(text.utf8)
        try #require(MessageDeflater().compress(&bytes, from: 0))
        return bytes
    }

    /// The code of the close frame that ends a connection; nil where it ends without one.
    private static func closeCode(_ client: RawClient) throws -> UInt16? {
        _ = try client.readToEnd()
        return frames(client.received).last { $0.head == 0x88 }.map {
            UInt16($0.payload[0]) << 8 | UInt16($0.payload[1])
        }
    }

    // MARK: The handshake

    struct Offer: Sendable, CustomTestStringConvertible {
        var text: String
        var answer: String?
        init(_ text: String, _ answer: String? = nil) { (self.text, self.answer) = (text, answer) }
        var testDescription: String { text }
    }

    static let offers = [
        Offer("permessage-deflate", takeover),
        Offer("permessage-deflate; client_max_window_bits", takeover),
        Offer("permessage-deflate; client_max_window_bits=10", takeover),
        Offer("permessage-deflate; server_no_context_takeover", takeover),
        Offer("Permessage-Deflate;client_no_context_takeover", takeover),
        Offer("permessage-deflate; server_max_window_bits=15", takeover + "; server_max_window_bits=12"),
        Offer("permessage-deflate; server_max_window_bits=12", takeover + "; server_max_window_bits=12"),
        Offer("permessage-deflate; server_max_window_bits=\"12\"", takeover + "; server_max_window_bits=12"),
        // The first that can be kept to.
        Offer("permessage-deflate; server_max_window_bits=9, permessage-deflate", takeover),
        Offer("x-webkit-deflate-frame, permessage-deflate; client_max_window_bits", takeover),
        Offer("permessage-deflate; server_max_window_bits=11"),
        Offer("permessage-deflate; server_max_window_bits"),
        Offer("permessage-deflate; server_max_window_bits=16"),
        Offer("permessage-deflate; server_max_window_bits=012"),
        Offer("permessage-deflate; client_max_window_bits=7"),
        Offer("permessage-deflate; server_no_context_takeover=1"),
        Offer("permessage-deflate; server_no_context_takeover; server_no_context_takeover"),
        Offer("permessage-deflate; colour=red"),
        Offer("permessage-deflate;"),
        Offer("permessage-deflatef"),
        Offer(""),
    ]

    @Test("An offer is answered with what the server does, or not at all", arguments: offers)
    func answers(_ offer: Offer) async throws {
        let test = try Self.compressing()
        let client = try Self.open(test, "Sec-WebSocket-Extensions: \(offer.text)")
        let line = client.text.split(separator: "\r\n").first { $0.lowercased().hasPrefix("sec-websocket-extensions:") }
        #expect(line.map { String($0.dropFirst(26)) } == offer.answer.map { "permessage-deflate; " + $0 })
        try client.read { Self.frames($0).count == 1 }
        #expect(Self.frames(client.received)[0].head == (offer.answer == nil ? 0x81 : 0xC1))
        await test.server.stop()
    }

    @Test("Offers in several header fields are one list")
    func joinsFields() async throws {
        let test = try Self.compressing()
        let client = try RawClient.webSocket(
            test, "/orders/a/socket",
            headers: ["Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=8", Self.offer])
        #expect(client.text.lowercased().contains("\r\nsec-websocket-extensions: permessage-deflate"))
        await test.server.stop()
    }

    @Test("A server without compression answers no offer")
    func isOffUnlessAskedFor() async throws {
        let test = try TestServer()
        let client = try Self.open(test)
        #expect(!client.text.lowercased().contains("extensions"))
        try client.read(until: #"{"type":"order.snapshot""#)
        // A message that says it is compressed then breaks the protocol (RFC 6455, section 5.2).
        client.sendFrame(0xC1, try Self.compressed(#"{"type":"subscribe","orderId":"aaaaaaaaaaaaaaaaaaaa"}"#))
        #expect(try Self.closeCode(client) == 1002)
        await test.server.stop()
    }

    @Test("Subprotocol and extension are agreed on together")
    func keepsTheSubprotocol() async throws {
        let test = try Self.compressing()
        let client = try RawClient.webSocket(
            test, "/orders/a/socket", headers: [Self.offer, "Sec-WebSocket-Protocol: other, order-updates.v1"])
        let head = client.text.lowercased()
        #expect(head.contains("\r\nsec-websocket-protocol: order-updates.v1\r\n"))
        #expect(head.contains("\r\nsec-websocket-extensions: permessage-deflate;"))
        await test.server.stop()
    }

    // MARK: Updates

    @Test("Who agreed gets compressed messages, who did not gets the same as they are")
    func sendsBoth() async throws {
        let test = try Self.compressing()
        let (compressed, plain) = (try Self.open(test), try RawClient.webSocket(test, "/orders/a/socket"))
        for client in [compressed, plain] { try client.read { Self.frames($0).count == 1 } }
        for message in ["one", "two"] { try test.publish("\(message), as long as a message is that says something") }
        for client in [compressed, plain] { try client.read { Self.frames($0).count == 3 } }
        let (short, long) = (Self.frames(compressed.received), Self.frames(plain.received))
        #expect(short.map(\.head) == [0xC1, 0xC1, 0xC1])
        #expect(long.map(\.head) == [0x81, 0x81, 0x81])
        for (one, other) in zip(short, long) {
            #expect(one.payload.count < other.payload.count)
            #expect(try Self.expand(one.payload) == String(decoding: other.payload, as: UTF8.self))
        }
        await test.server.stop()
    }

    // MARK: What a client sends

    private static let subscribe = #"{"type":"subscribe","orderId":"a","reason":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}"#

    @Test(
        "A client's messages are read, compressed or not, in one frame or many",
        arguments: [[0xC1], [0x81], [0x41, 0x80], [0x41, 0x00, 0x80]] as [[UInt8]])
    func reads(_ heads: [UInt8]) async throws {
        let test = try Self.compressing()
        let client = try Self.open(test, path: "/socket")
        let bytes = heads[0] & 0x40 != 0 ? try Self.compressed(Self.subscribe) : Array(Self.subscribe.utf8)
        let step = bytes.count / heads.count
        for (index, head) in heads.enumerated() {
            let isLast = index == heads.count - 1
            client.sendFrame(head, Array(bytes[(index * step)..<(isLast ? bytes.count : (index + 1) * step)]))
            // Control frames may stand between them (RFC 6455, section 5.4), and are never compressed.
            if !isLast { client.sendFrame(0x8A, []) }
        }
        try client.read { Self.frames($0).count == 2 }
        let messages = try Self.frames(client.received).map { frame in
            frame.head & 0x40 == 0 ? String(decoding: frame.payload, as: UTF8.self) : try Self.expand(frame.payload)
        }
        #expect(messages[0] == #"{"type":"subscribed","orderId":"a"}"#)
        #expect(messages[1].hasPrefix(#"{"type":"order.snapshot""#))
        await test.server.stop()
    }

    @Test("A long message comes in pieces of frames, and is read whole")
    func readsLongOnes() async throws {
        let test = try Self.compressing()
        let client = try Self.open(test, path: "/socket")
        // Letters that compress badly: more than libwebsockets hands over at once.
        var state: UInt32 = 1
        let noise = String(
            decoding: (0..<4_000).map { _ in
                state = state &* 1_664_525 &+ 1_013_904_223
                return UInt8(ascii: "a") + UInt8(state >> 24) % 26
            }, as: UTF8.self)
        let bytes = try Self.compressed(#"{"type":"subscribe","orderId":"a","reason":"\#(noise)"}"#)
        #expect(bytes.count > 2_000)
        client.sendFrame(0x41, Array(bytes[..<1_000]))
        client.sendFrame(0x80, Array(bytes[1_000...]))
        try client.read { Self.frames($0).count == 2 }
        await test.server.stop()
    }

    struct Breach: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var frames: [(head: UInt8, payload: [UInt8])]
        var code: UInt16
        init(_ what: String, _ frames: [(UInt8, [UInt8])], _ code: UInt16) {
            (testDescription, self.frames, self.code) = (what, frames, code)
        }
    }

    static let hello: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]

    static let breaches = [
        Breach("a second frame that says it is compressed", [(0x41, hello), (0xC0, hello)], 1002),
        Breach("a pong that says it is compressed", [(0xCA, hello)], 1002),
        Breach("a close frame that says it is compressed", [(0xC8, [0x03, 0xE8])], 1002),
        Breach("another reserved bit", [(0xA1, hello)], 1002),
        Breach("damaged", [(0xC1, [0xFF, 0xFF, 0xFF])], 1007),
        Breach("cut", [(0xC1, Array(hello.dropLast(3)))], 1007),
        // One byte of a letter, stored.
        Breach("no UTF-8", [(0xC1, [0x00, 0x01, 0x00, 0xFE, 0xFF, 0xC3, 0x00])], 1007),
        Breach("no message of ours", [(0xC1, hello)], 1008),
        Breach("binary", [(0xC2, hello)], 1008),
    ]

    @Test("What breaks the rules ends the connection", arguments: breaches)
    func refuses(_ breach: Breach) async throws {
        let test = try Self.compressing()
        let client = try Self.open(test, path: "/socket")
        for frame in breach.frames { client.sendFrame(frame.head, frame.payload) }
        #expect(try Self.closeCode(client) == breach.code)
        // Nothing of it is left for others.
        let other = try Self.open(test)
        try other.read { Self.frames($0).count == 1 }
        await test.server.stop()
    }

    @Test("A message that expands to more than a message may have is refused")
    func refusesBombs() async throws {
        let test = try Self.compressing()
        let client = try Self.open(test, path: "/socket")
        var bomb = [UInt8](repeating: 0x20, count: 20_000_000)
        try #require(MessageDeflater().compress(&bomb, from: 0))
        #expect(bomb.count < 60_000)
        client.sendFrame(0xC1, bomb)
        #expect(try Self.closeCode(client) == 1009)
        await test.server.stop()
    }

    @Test("A compressed first message presents a credential like any other, within its own limit")
    func authenticates() async throws {
        let server = try await TokenServer { $0.compression = .permessageDeflate }
        let client = try Self.open(server.test)
        client.sendFrame(0xC1, try Self.compressed(#"{"type":"authenticate","token":"\#(try server.token())"}"#))
        try client.read { Self.frames($0).count == 2 }
        let snapshot = try Self.expand(Self.frames(client.received)[1].payload)
        #expect(snapshot.hasPrefix(#"{"type":"order.snapshot""#))
        let other = try Self.open(server.test)
        other.sendFrame(0xC1, try Self.compressed(String(repeating: " ", count: 17_000)))
        #expect(try Self.closeCode(other) == 1009)
        await server.test.server.stop()
    }
}
