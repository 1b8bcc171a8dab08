import CLibwebsockets
import Clocks

/// Reads a server's HTTP/1.1 connection instead of libwebsockets. It checks each head, removes the chunked coding
/// from bodies, and gives libwebsockets one request at a time, which we write. Confined to its loop's thread.
final class RequestReader {
    /// The answer to libwebsockets' question for bytes.
    enum Answer {
        case bytes(UnsafeMutablePointer<UInt8>, count: Int)
        /// There is nothing yet.
        case nothing
        /// Nothing is kept. libwebsockets reads the socket itself, and finds its end, or continues.
        case end
        /// Close the connection.
        case failed
    }

    private enum Phase {
        /// A head is being read, or none has begun.
        case head
        /// The head is complete, and its chunked body is not.
        case chunked(RequestHead)
        /// libwebsockets parses our version of the head.
        case handed
        /// The delegate has the request, and its answer is not complete.
        case serving
        /// A WebSocket. What was read after the handshake are its first frames.
        case upgraded
        /// Refused, or answered for the last time. What still comes is discarded, so that a reset does not overtake
        /// the answer.
        case refused
    }

    private unowned let gate: RequestGate
    private let limits: RequestLimits
    private let clock = MonotonicClock()
    private var phase = Phase.head
    /// Bytes that were read and not passed on.
    private var input: [UInt8] = []
    private var parser: RequestHeadParser
    private var chunks = ChunkedDecoder(isStrict: true)
    /// The content of a chunked body: first what has come, later what has not been passed on.
    private var chunked: ArraySlice<UInt8> = []
    /// How many of these bytes the gate has counted.
    private var counted = 0
    /// The bytes of chunk sizes, extensions and trailers.
    private var chunkOverhead = 0
    /// The length of the request's body, and how many of its bytes libwebsockets has not been given.
    private var bodyLength = 0
    private var bodyRemaining = 0
    /// The time by which the whole body must have come, even if it keeps coming.
    private var bodyDeadline = MonotonicInstant(nanoseconds: 0)
    /// The head of the request that libwebsockets was given, until its exchange takes it.
    private var head: RequestHead?
    /// Whether the request becomes a WebSocket whose messages may be compressed.
    private(set) var agreesToDeflate = false
    /// Whether libwebsockets will ask for the body once in the middle of the request. It would count those bytes
    /// twice.
    private var isAskedTooEarly = false
    private var isPaused = false
    /// Whether the TLS handshake has selected HTTP/1.1.
    private var isHTTP1: Bool

    init(_ gate: RequestGate, _ limits: RequestLimits, isTLS: Bool) {
        self.gate = gate
        self.limits = limits
        isHTTP1 = !isTLS
        parser = RequestHeadParser(limit: limits.headBytes)
    }

    /// Whether the connection uses HTTP/2, which this object does not read (RFC 7301).
    func speaksHTTP2(_ wsi: OpaquePointer) -> Bool {
        guard !isHTTP1 else { return false }
        isHTTP1 = ApplicationProtocol.agreed(on: lws_get_ssl(wsi)) != "h2"
        return !isHTTP1
    }

    // MARK: What libwebsockets asks for

    func next(_ wsi: OpaquePointer) -> Answer {
        switch phase {
        case .head, .chunked:
            if !input.isEmpty, let answer = advance(wsi) { return answer }
            switch gate.read(wsi) {
            case .bytes(let bytes): input += bytes
            case .none: return .nothing
            case .end: return .end
            }
            return advance(wsi) ?? .nothing
        case .handed:
            return .failed
        case .serving where isAskedTooEarly, .refused where isAskedTooEarly:
            isAskedTooEarly = false
            return .end
        case .serving:
            return bodyRemaining > 0 ? nextOfBody(wsi) : wait(wsi)
        case .upgraded:
            return .end
        case .refused:
            if case .end = gate.read(wsi) { return .end }
            return .nothing
        }
    }

    /// Processes the input. Returns nil where more must come.
    private func advance(_ wsi: OpaquePointer) -> Answer? {
        if case .chunked(let head) = phase { return advanceChunks(head, wsi) }
        switch parser.parse(input) {
        case .incomplete:
            return nil
        case .rejected(let rejection):
            return refuse(rejection, wsi)
        case .accepted(let head, let end):
            // Usually there is no more, and the head keeps the bytes.
            if end == input.count { input = [] } else { input.removeFirst(end) }
            parser = RequestHeadParser(limit: limits.headBytes)
            switch head.framing {
            case .none: return hand(head, body: 0)
            case .length(let length): return hand(head, body: length)
            case .chunked:
                phase = .chunked(head)
                chunks = ChunkedDecoder(isStrict: true)
                chunkOverhead = 0
                // The body has as much time as a head, and libwebsockets still waits for a head.
                lws_set_timeout(wsi, PENDING_TIMEOUT_HOLDING_AH, Int32(clamping: limits.deadlineSeconds))
                if head.expectsContinue, input.isEmpty { gate.sendContinue(wsi) }
                return advanceChunks(head, wsi)
            }
        }
    }

    private func advanceChunks(_ head: RequestHead, _ wsi: OpaquePointer) -> Answer? {
        let before = chunked.count
        let outcome = input.withUnsafeBytes { bytes in
            chunks.decode(bytes) { piece in
                chunked += piece
                return chunked.count <= limits.bodyBytes
            }
        }
        chunkOverhead += chunks.taken - (chunked.count - before)
        func refused(_ rule: RequestRule) -> Answer {
            refuse(
                RequestRejection(rule, field: "Transfer-Encoding", path: head.path, method: head.method), wsi)
        }
        guard chunked.count <= limits.bodyBytes else { return refused(.chunkedLength) }
        gate.chunkedBytes += chunked.count - before
        counted = chunked.count
        guard gate.chunkedBytes <= RequestGate.chunkedLimit else { return refused(.chunkedBodies) }
        // Sizes, extensions and trailers, which are ignored (RFC 9112, sections 7.1.1 and 7.1.2), may have as many
        // bytes as a head, and sixteen more for each byte of content.
        guard outcome != .malformed, chunkOverhead <= limits.headBytes + chunked.count * 16 else {
            return refused(.chunk)
        }
        input.removeFirst(chunks.taken)
        return outcome == .complete ? hand(head, body: chunked.count) : nil
    }

    /// Gives libwebsockets our version of the peer's head, and the part of the body that has come.
    private func hand(_ head: RequestHead, body: Int) -> Answer {
        // The offer of a request that was refused is not the next one's.
        agreesToDeflate = false
        var words = HandOver(start: gate.handOver)
        words.append(head.method == "POST" ? "POST / HTTP/1.1\r\nhost: a\r\n" : "GET / HTTP/1.1\r\nhost: a\r\n")
        if head.opensWebSocket {
            words.append(
                "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: ")
            for key in head.ranges(of: "sec-websocket-key") { words.append(head.bytes[key]) }
            let offered = head.offeredSubprotocols
            // Without a common subprotocol the field is omitted (RFC 6455, section 4.2.2), or the request is refused.
            if !offered.isEmpty,
                let spoken = gate.loop.server?.subprotocol(of: offered, at: Exchange.segments(of: head.path))
            {
                words.append("\r\nsec-websocket-protocol: ")
                words.append(spoken)
            }
            if limits.deflatesMessages,
                let offer = DeflateParameters.taken(of: head.elements("sec-websocket-extensions"))
            {
                // libwebsockets answers with the parameters that it was asked for.
                words.append("\r\nsec-websocket-extensions: ")
                words.append(offer.answer)
                agreesToDeflate = true
            }
            words.append("\r\n")
        } else if body > 0 || head.method == "POST" {
            words.append("content-length: \(body)\r\n")
        }
        words.append("\r\n")
        self.head = head
        phase = .handed
        bodyLength = body
        bodyRemaining = body
        if body > 0 { bodyDeadline = clock.now.advanced(by: limits.bodyDeadline) }
        let room = RequestGate.handOverBytes - words.count
        return .bytes(words.start, count: words.count + takeBody(to: words.start + words.count, room: room))
    }

    /// The buffer for our head: at most some 420 bytes, because the rules limit a key to 24, and a server's
    /// subprotocol to 63.
    private struct HandOver {
        let start: UnsafeMutablePointer<UInt8>
        var count = 0

        mutating func append(_ text: String) {
            var text = text
            text.withUTF8 { append($0) }
        }

        mutating func append(_ bytes: ArraySlice<UInt8>) { bytes.withUnsafeBufferPointer { append($0) } }

        private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
            guard let first = bytes.baseAddress else { return }
            assert(count + bytes.count <= RequestGate.handOverBytes)
            (start + count).update(from: first, count: bytes.count)
            count += bytes.count
        }
    }

    private func nextOfBody(_ wsi: OpaquePointer) -> Answer {
        // The delegate enforces the deadline of a body that it waits for, which comes first. This one may belong to a
        // request that has been answered.
        guard clock.now < bodyDeadline.advanced(by: .seconds(1)) else { return .failed }
        if !hasMoreOfBody {
            switch gate.read(wsi) {
            case .bytes(let bytes): input += bytes
            case .none: return .nothing
            case .end: return .end
            }
        }
        let count = takeBody(to: gate.handOver, room: RequestGate.handOverBytes)
        if hasMoreOfBody { gate.nudge(wsi) }
        return .bytes(gate.handOver, count: count)
    }

    private func takeBody(to start: UnsafeMutablePointer<UInt8>, room: Int) -> Int {
        let isChunked = !chunked.isEmpty
        let part = (isChunked ? chunked : input[...]).prefix(min(bodyRemaining, room))
        part.withUnsafeBufferPointer { if let bytes = $0.baseAddress { start.update(from: bytes, count: $0.count) } }
        if isChunked { chunked = chunked.dropFirst(part.count) } else { input.removeFirst(part.count) }
        bodyRemaining -= part.count
        if bodyRemaining == 0 { dropsChunked() }
        return part.count
    }

    /// Whether there are bytes of the body that libwebsockets has not been given.
    private var hasMoreOfBody: Bool { bodyRemaining > 0 && !(chunked.isEmpty && input.isEmpty) }

    /// The peer has to wait for its answer. What it sends meanwhile is read once, because otherwise the socket would
    /// stay readable.
    private func wait(_ wsi: OpaquePointer) -> Answer {
        switch gate.read(wsi) {
        case .none: return .nothing
        case .end: return .end
        case .bytes(let bytes):
            input += bytes
            // While libwebsockets keeps a part of an answer, it must not be told to stop reading: it would stop
            // writing, too.
            if lws_partial_buffered(wsi) != 0 { return input.count <= Self.keptBytes ? .nothing : .failed }
            isPaused = true
            lws_rx_flow_control(wsi, 0)
            return .nothing
        }
    }

    /// How many bytes a peer may send before it reads the answer. With more the connection ends.
    private static let keptBytes = 64 * 1024

    /// The answer is about to be written.
    func readOn(_ wsi: OpaquePointer) {
        guard isPaused else { return }
        isPaused = false
        lws_rx_flow_control(wsi, 1)
    }

    private func refuse(_ rejection: RequestRejection, _ wsi: OpaquePointer) -> Answer {
        ends()
        return gate.refuse(rejection, wsi) ? .nothing : .failed
    }

    /// Discards everything that comes from now on.
    func ends() {
        phase = .refused
        (input, bodyRemaining) = ([], 0)
        dropsChunked()
    }

    func dropsChunked() {
        gate.chunkedBytes -= counted
        (chunked, counted) = ([], 0)
    }

    // MARK: What becomes of the request

    /// Takes the head whose version of ours libwebsockets has just parsed; nil where there is none, and nothing may
    /// be served.
    func takeHead() -> RequestHead? {
        guard case .handed = phase else { return nil }
        phase = .serving
        defer { head = nil }
        return head
    }

    /// The delegate has got the request, and libwebsockets continues with its body.
    func readsOn(_ wsi: OpaquePointer) {
        isAskedTooEarly = bodyLength > 0
        if hasMoreOfBody { gate.nudge(wsi) }
    }

    /// Whether the last request has been answered.
    var awaitsRequest: Bool { if case .head = phase { true } else { false } }

    /// Whether a body is expected and has not begun.
    var awaitsBody: Bool { bodyLength > 0 && bodyRemaining == bodyLength && !hasMoreOfBody }

    /// Whether the peer has not sent the whole body, or libwebsockets has not been given all of it.
    var owesBody: Bool { bodyRemaining > 0 }

    /// libwebsockets has finished with the request, or has bound a protocol before one.
    func transactionEnded(_ wsi: OpaquePointer) {
        guard case .serving = phase else { return }
        phase = .head
        guard bodyRemaining == 0 else {
            // The rest of the body would be taken for a request.
            phase = .refused
            return tandem_kill(wsi)
        }
        readOn(wsi)
        if !input.isEmpty { gate.nudge(wsi) }
    }

    /// The connection has become a WebSocket. Returns whether `takeRest` has bytes for it.
    func upgrade() -> Bool {
        phase = .upgraded
        return !input.isEmpty
    }

    func takeRest() -> [UInt8]? {
        guard case .upgraded = phase else { return nil }
        defer { input = [] }
        return input
    }
}
