import CLibwebsockets
import Clocks

/// Reads a server's HTTP/2 connection instead of libwebsockets (RFC 9113). All frames are checked here, heads and
/// bodies are taken out, and libwebsockets gets frames that we make: for each request, a head that names its stream
/// and ends it. Confined to its loop's thread.
final class HTTP2Connection {
    typealias ConnectionError = HTTP2Frame.ConnectionError
    typealias Flag = HTTP2Frame.Flag
    typealias Kind = HTTP2Frame.Kind

    /// A PING acknowledgement without a PING (section 6.7). libwebsockets restarts its idle timeout, as for any
    /// frame, and ignores it.
    private static let nothing =
        HTTP2Frame(kind: Kind.ping, flags: Flag.acknowledges, payload: [UInt8](repeating: 0, count: 8)[...]).encoded
    /// The maximum encoded size of a field section.
    private static let sectionBytes = 64 * 1024

    unowned let gate: RequestGate
    unowned let loop: LoopContext
    let limits: RequestLimits
    let network: OpaquePointer
    private let clock = MonotonicClock()
    private(set) var phase = Phase.preface
    private var hasHandedPreface = false
    /// Bytes that were read and not processed yet.
    private var input: [UInt8] = []
    private let decoder = FieldSectionDecoder()
    private var section: Section?
    var streams: [UInt32: HTTP2Stream] = [:]
    /// The stream of each of libwebsockets' objects.
    private var identifiers: [OpaquePointer: UInt32] = [:]
    /// The streams that were abandoned last, for which frames may still come.
    var abandoned: [UInt32] = []
    /// The number of libwebsockets' stream objects. It frees some of them only in its next turn.
    private var objects = 0
    /// The highest stream that the peer has opened.
    var highest: UInt32 = 0
    var window = HTTP2ReceiveWindow()
    /// The streams whose windows have to be opened; 0 is the connection.
    var dueWindows: Set<UInt32> = []
    /// The window updates of this turn by stream; 0 is the connection.
    var updates: [UInt32: UInt32] = [:]
    /// Whether libwebsockets has sent its SETTINGS, which must come first (section 3.4). It has once it has come to a
    /// request.
    private(set) var maySpeak = false
    /// Whether the peer still has to be told that the server stops.
    var owesGoAway = false
    /// The number of PINGs before that.
    var earlyPings = 0
    private var turnsWithoutRoom = 0
    private static let maximumTurnsWithoutRoom = 1_000
    /// The time by which the first request must have begun; nil once it has.
    private var requestDeadline: MonotonicInstant?
    /// The time by which the current head must have ended.
    private var headDeadline: MonotonicInstant?

    enum Phase {
        case preface
        case settings
        case frames
        /// Until the peer has read the reason.
        case ended
    }

    /// A field section that has begun and not ended (section 4.3).
    private struct Section {
        var stream: UInt32
        var isOfTrailers = false
        var head: HTTP2RequestHead
        var endsStream: Bool
        var bytes = 0
    }

    init(_ network: OpaquePointer, _ limits: RequestLimits, _ gate: RequestGate) {
        self.network = network
        self.limits = limits
        self.gate = gate
        loop = gate.loop
        requestDeadline = clock.now.advanced(by: .seconds(limits.deadlineSeconds))
    }

    // MARK: Reading

    /// Whether more may be read. It may not while many frames wait for libwebsockets.
    var takesInput: Bool { input.count < 2 * HTTP2Frame.largestPayload }

    func append(_ bytes: UnsafeRawBufferPointer) {
        if phase != .ended { input += bytes }
    }

    /// The bytes that libwebsockets reads next. They are never empty, because it would read the socket itself.
    func nextInput() -> [UInt8] {
        // The preface, in our own bytes like everything else.
        var handed = hasHandedPreface ? [] : HTTP2Frame.preface
        hasHandedPreface = true
        if !dueWindows.isEmpty { openWindows() }
        if owesGoAway { sendOwedGoAway() }
        do {
            try takeFrames(&handed)
        } catch {
            fails(error)
        }
        return handed.isEmpty ? Self.nothing : handed
    }

    private func takeFrames(_ handed: inout [UInt8]) throws(ConnectionError) {
        guard phase != .ended else { return }
        var place = 0
        defer {
            input.removeFirst(min(place, input.count))
            handOnUpdates(&handed)
        }
        if phase == .preface {
            let count = min(input.count, HTTP2Frame.preface.count)
            guard input.prefix(count).elementsEqual(HTTP2Frame.preface.prefix(count)) else {
                throw ConnectionError(.protocol, "no preface of HTTP/2 (RFC 9113, section 3.4)")
            }
            guard count == HTTP2Frame.preface.count else { return }
            place = count
            phase = .settings
        }
        var isAnswering = false
        while phase != .ended, let frame = try HTTP2Frame(at: input[place...]) {
            if frame.wantsAnswer, frame.kind == Kind.settings || !maySpeak {
                // libwebsockets answers one PING in each turn, and would queue any number.
                guard !isAnswering else {
                    gate.nudge(network)
                    break
                }
                isAnswering = true
            } else if frame.wantsAnswer, section == nil, try !answersPing(frame) {
                // The PING waits until it can be answered, and the frames behind it are not read.
                break
            }
            if frame.kind == Kind.headers, objects >= limits.advertisedStreams, openStreams < limits.advertisedStreams {
                // Streams that have ended make room in libwebsockets' next turn.
                turnsWithoutRoom += 1
                guard turnsWithoutRoom < Self.maximumTurnsWithoutRoom else {
                    throw ConnectionError(.enhanceYourCalm, "streams begin faster than others end")
                }
                break
            }
            turnsWithoutRoom = 0
            place += HTTP2Frame.headerBytes + frame.payload.count
            try take(frame, &handed)
        }
        let rest = input[place...].dropFirst(3).first
        let isInHead = section != nil || rest == Kind.headers || rest == Kind.continuation
        if !isInHead {
            headDeadline = nil
        } else if headDeadline == nil {
            headDeadline = clock.now.advanced(by: .seconds(limits.deadlineSeconds))
        }
        gate.awaitsHead(on: network, isAwaited: deadline != nil)
    }

    private func take(_ frame: HTTP2Frame, _ handed: inout [UInt8]) throws(ConnectionError) {
        if phase == .settings {
            guard frame.kind == Kind.settings, !frame.has(Flag.acknowledges) else {
                throw ConnectionError(.protocol, "the first frame is to be SETTINGS (RFC 9113, section 3.4)")
            }
            phase = .frames
        }
        if let section, frame.kind != Kind.continuation || frame.stream != section.stream {
            throw ConnectionError(.protocol, "another frame within a head (RFC 9113, section 6.10)")
        }
        switch frame.kind {
        case Kind.headers: try takeHeaders(frame, &handed)
        case Kind.continuation: try takeSection(frame, &handed)
        case Kind.data: try takeData(frame)
        case Kind.reset: try takeReset(frame)
        case Kind.windowUpdate: try takeWindowUpdate(frame, &handed)
        case Kind.settings: try takeSettings(frame, &handed)
        case Kind.ping: try takePing(frame, &handed)
        case Kind.priority:
            try expect(frame, bytes: 5, onStream: true)
            try frame.judgePriority(frame.payload)
        case Kind.goAway:
            // The peer opens no more streams, and closes the connection after the last one.
            guard frame.stream == 0 else { throw ConnectionError.wrongStream }
            guard frame.payload.count >= 8 else { throw ConnectionError.wrongSize }
        case Kind.pushPromise:
            throw ConnectionError(.protocol, "a client promises nothing (RFC 9113, section 8.4)")
        default:
            // A frame of an unknown type (section 5.5).
            break
        }
    }

    // MARK: Heads

    private func takeHeaders(_ frame: HTTP2Frame, _ handed: inout [UInt8]) throws(ConnectionError) {
        var frame = frame
        try frame.trim()
        let endsStream = frame.has(Flag.endsStream)
        if frame.stream > highest {
            guard frame.stream % 2 == 1 else { throw ConnectionError.wrongStream }
            guard openStreams < limits.advertisedStreams else {
                throw ConnectionError(.protocol, "more streams than the settings allow (RFC 9113, section 5.1.2)")
            }
            highest = frame.stream
            section = Section(
                stream: frame.stream, head: HTTP2RequestHead(limit: limits.headBytes), endsStream: endsStream)
        } else {
            guard streams[frame.stream]?.owesBody == true else { throw ConnectionError.closedStream }
            guard endsStream else {
                throw ConnectionError(.protocol, "trailers that do not end their stream (RFC 9113, section 8.1)")
            }
            section = Section(
                stream: frame.stream, isOfTrailers: true,
                head: HTTP2RequestHead(limit: limits.headBytes, isOfTrailers: true),
                endsStream: true)
        }
        try takeSection(frame, &handed)
    }

    private func takeSection(_ frame: HTTP2Frame, _ handed: inout [UInt8]) throws(ConnectionError) {
        guard var section else {
            throw ConnectionError(.protocol, "a CONTINUATION without a head (RFC 9113, section 6.10)")
        }
        self.section = nil
        section.bytes += HTTP2Frame.headerBytes + frame.payload.count
        guard section.bytes <= Self.sectionBytes else {
            throw ConnectionError(.enhanceYourCalm, "a head of more than \(Self.sectionBytes) bytes")
        }
        let isLast = frame.has(Flag.endsHeaders)
        do {
            try decoder.decode(frame.payload, isLast: isLast) { section.head.add($0, $1) }
        } catch {
            throw ConnectionError(.compression, "a head that cannot be decoded (RFC 9113, section 4.3)")
        }
        guard isLast else {
            self.section = section
            return
        }
        headDeadline = nil
        if !section.isOfTrailers {
            let request = section.head.finish(endsStream: section.endsStream)
            open(section.stream, request, endsStream: section.endsStream, &handed)
        } else if let stream = streams[section.stream] {
            stream.owesBody = false
            stream.hasWrongTrailers = section.head.isBroken
            handOn(stream)
        }
    }

    private func open(
        _ identifier: UInt32, _ request: Result<RequestHead, RequestRejection>, endsStream: Bool,
        _ handed: inout [UInt8]
    ) {
        var request = request
        if case .success(let head) = request, openStreams >= limits.streams {
            request = .failure(RequestRejection(.streams, path: head.path, method: head.method))
        }
        streams[identifier] = HTTP2Stream(identifier, request, endsWithHead: endsStream)
        objects += 1
        requestDeadline = nil
        // GET, http and a path in HPACK (RFC 7541, appendix A and section 6.2.2).
        let path = Array(String(identifier).utf8)
        HTTP2Frame(
            kind: Kind.headers, flags: Flag.endsHeaders | Flag.endsStream, stream: identifier,
            payload: ([0x82, 0x86, 0x04, UInt8(1 + path.count), UInt8(ascii: "/")] + path)[...]
        ).append(to: &handed)
    }

    /// The streams that count for the limits.
    private var openStreams: Int {
        streams.count < limits.streams ? streams.count : streams.values.count(where: \.isOpen)
    }

    // MARK: What becomes of streams

    /// libwebsockets has come to a request that it was given. Returns nil where the peer has reset it meanwhile.
    /// - Parameter path: the path of our head for it.
    func takeRequest(_ object: OpaquePointer, path: UnsafeRawBufferPointer) -> Exchange? {
        guard let identifier = UInt32(String(decoding: path.dropFirst(), as: UTF8.self)),
            let stream = streams[identifier],
            let request = stream.request
        else { return nil }
        maySpeak = true
        stream.request = nil
        stream.object = object
        identifiers[object] = identifier
        guard !stream.isReset else { return nil }
        let exchange = Exchange(object, http2: request, loop: loop)
        exchange.hasWholeBody = !stream.hasBody
        if stream.hasBody { stream.exchange = exchange }
        return exchange
    }

    /// The delegate has got a request. Returns whether a body is expected and has not begun.
    func deliverBody(_ object: OpaquePointer) -> Bool {
        guard let stream = identifiers[object].flatMap({ streams[$0] }), stream.hasBody else { return false }
        if stream.received > 0 || stream.hasWholeBody { handOn(stream) }
        return stream.received == 0 && !stream.hasWholeBody
    }

    /// libwebsockets will end an object in its next turn.
    func willClose(_ object: OpaquePointer) {
        guard let stream = identifiers[object].flatMap({ streams[$0] }) else { return }
        stream.isEnding = true
    }

    /// libwebsockets has freed an object.
    func closed(_ object: OpaquePointer) {
        guard let identifier = identifiers.removeValue(forKey: object) else { return }
        objects -= 1
        guard let stream = streams[identifier] else { return }
        stream.object = nil
        stream.isEnding = true
        stream.exchange = nil
        if stream.isMalformed { abandon(stream) }
        if stream.owesBody { abandonOldest() }
        handOn(stream)
        if !input.isEmpty { gate.nudge(network) }
    }

    func removeIfOver(_ stream: HTTP2Stream) {
        if stream.isOver { streams[stream.identifier] = nil }
    }

    // MARK: The end

    /// The time by which the peer must have sent what is expected; nil for no limit.
    private var deadline: MonotonicInstant? { headDeadline ?? requestDeadline }

    /// Ends the connection where its deadline has passed.
    func endIfLate() {
        guard let deadline, deadline <= clock.now else { return }
        guard phase != .ended else { return gate.endsUnread(network) }
        fails(
            ConnectionError(
                .none, headDeadline == nil ? "no request by the deadline of a head" : "a head past its deadline"))
    }

    private func fails(_ error: ConnectionError) {
        phase = .ended
        input = []
        section = nil
        requestDeadline = nil
        headDeadline = clock.now.advanced(by: .seconds(Int(RequestGate.lingerSeconds)))
        gate.awaitsHead(on: network, isAwaited: true)
        let text = HTTP2Frame.bytes(highest) + HTTP2Frame.bytes(error.code.rawValue) + Array(error.cause.utf8)
        gate.sendGoAway(HTTP2Frame(kind: Kind.goAway, payload: text[...]), on: network)
        loop.server?.cutUnread("HTTP/2: " + error.cause)
    }
}
