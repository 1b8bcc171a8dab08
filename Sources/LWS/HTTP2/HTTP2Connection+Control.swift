import CLibwebsockets

/// The frames without a head or a body.
extension HTTP2Connection {
    func expect(_ frame: HTTP2Frame, bytes: Int, onStream: Bool) throws(ConnectionError) {
        guard (frame.stream != 0) == onStream else { throw ConnectionError.wrongStream }
        guard frame.payload.count == bytes else { throw ConnectionError.wrongSize }
    }

    /// RFC 9113, section 6.9.1.
    private static let largestWindow: UInt32 = 0x7FFF_FFFF

    /// Whether a stream has begun. It may have ended (section 5.1).
    private func isKnown(_ stream: UInt32) -> Bool { stream % 2 == 1 && stream <= highest }

    func takeReset(_ frame: HTTP2Frame) throws(ConnectionError) {
        try expect(frame, bytes: 4, onStream: true)
        guard isKnown(frame.stream) else { throw ConnectionError.wrongStream }
        guard let stream = streams[frame.stream] else { return }
        stream.isReset = true
        stream.owesBody = false
        stream.exchange = nil
        _ = takeBody(of: stream)
        if let object = stream.object { tandem_kill(object) }
        removeIfOver(stream)
    }

    func takeWindowUpdate(_ frame: HTTP2Frame, _ handed: inout [UInt8]) throws(ConnectionError) {
        guard frame.payload.count == 4 else { throw ConnectionError.wrongSize }
        guard frame.stream == 0 || isKnown(frame.stream) else { throw ConnectionError.wrongStream }
        let bytes = HTTP2Frame.number31(frame.payload)
        guard bytes > 0 else {
            throw ConnectionError(.protocol, "credit for no byte (RFC 9113, section 6.9)")
        }
        if frame.stream > 0 {
            // libwebsockets is only told about streams that it knows. It checks that their windows do not become too
            // large.
            guard let stream = streams[frame.stream], !stream.isReset, stream.request != nil || stream.object != nil
            else {
                if bytes > Self.largestWindow - UInt32(HTTP2ReceiveWindow.initial) { reset(frame.stream, .flowControl) }
                return
            }
        }
        // libwebsockets looks at each stream for each of them. So the updates of a turn are added up, unless the sum
        // would be too large.
        let sum = (updates[frame.stream] ?? 0) + bytes
        guard sum <= Self.largestWindow else { return Self.append(bytes, on: frame.stream, to: &handed) }
        updates[frame.stream] = sum
    }

    func handOnUpdates(_ handed: inout [UInt8]) {
        for (stream, bytes) in updates { Self.append(bytes, on: stream, to: &handed) }
        updates.removeAll(keepingCapacity: true)
    }

    private static func append(_ bytes: UInt32, on stream: UInt32, to handed: inout [UInt8]) {
        HTTP2Frame(kind: Kind.windowUpdate, stream: stream, payload: HTTP2Frame.bytes(bytes)[...]).append(to: &handed)
    }

    func takeSettings(_ frame: HTTP2Frame, _ handed: inout [UInt8]) throws(ConnectionError) {
        guard frame.stream == 0 else { throw ConnectionError.wrongStream }
        guard !frame.has(Flag.acknowledges) else {
            guard frame.payload.isEmpty else { throw ConnectionError.wrongSize }
            return
        }
        guard frame.payload.count % 6 == 0 else { throw ConnectionError.wrongSize }
        var ours: [UInt8] = []
        var rest = frame.payload
        while !rest.isEmpty {
            let (name, value) = (HTTP2Frame.number(rest.prefix(2)), HTTP2Frame.number(rest.dropFirst(2).prefix(4)))
            switch name {
            case 2 where value > 1, 5 where !(16_384...16_777_215).contains(value):
                throw ConnectionError(.protocol, "a setting that has no such value (RFC 9113, section 6.5.2)")
            case 4:
                guard value <= Self.largestWindow else {
                    throw ConnectionError(.flowControl, "an initial window that is too large (RFC 9113, section 6.5.2)")
                }
                // Only SETTINGS_INITIAL_WINDOW_SIZE changes what is sent: frames have at most 16,384 bytes, and there
                // is no table.
                ours = Array(rest.prefix(6))
            default: break
            }
            rest = rest.dropFirst(6)
        }
        // Earlier updates open windows that these settings may make smaller, so they are passed on first.
        if !ours.isEmpty { handOnUpdates(&handed) }
        HTTP2Frame(kind: Kind.settings, payload: ours[...]).append(to: &handed)
    }

    /// Handles a PING. It may already have been answered here.
    func takePing(_ frame: HTTP2Frame, _ handed: inout [UInt8]) throws(ConnectionError) {
        try expect(frame, bytes: 8, onStream: false)
        guard !maySpeak, !frame.has(Flag.acknowledges) else { return }
        earlyPings += 1
        guard earlyPings <= Self.maximumEarlyPings else {
            throw ConnectionError(.enhanceYourCalm, "PINGs, and no request (RFC 9113, section 10.5)")
        }
        HTTP2Frame(kind: Kind.ping, payload: frame.payload).append(to: &handed)
    }

    private static let maximumEarlyPings = 100

    // MARK: What is said between the frames of libwebsockets

    /// Opens each window of which half was used.
    func openWindows() {
        for identifier in dueWindows {
            let stream = streams[identifier]
            // The peer should not send more on a stream that has ended or will end.
            guard identifier == 0 || stream?.owesBody == true && stream?.isAbandoned == false else {
                dueWindows.remove(identifier)
                continue
            }
            let bytes = stream?.window.owed ?? window.owed
            let update = HTTP2Frame(
                kind: Kind.windowUpdate, stream: identifier, payload: HTTP2Frame.bytes(UInt32(bytes))[...])
            guard sends(update) else { return }
            dueWindows.remove(identifier)
            if let stream { stream.window.open() } else { window.open() }
        }
    }

    /// Resets a stream whose request is malformed, or whose body nobody waits for any more (section 8.1). What is
    /// still on its way is dropped.
    func abandon(_ stream: HTTP2Stream) {
        guard phase != .ended, !stream.isReset, !stream.isAbandoned else { return }
        reset(stream.identifier, stream.isMalformed ? .protocol : .none)
        guard stream.owesBody else { return }
        stream.isAbandoned = true
        abandoned.append(stream.identifier)
        if abandoned.count > limits.advertisedStreams { streams[abandoned.removeFirst()] = nil }
    }

    /// Tells the peer not to begin new streams (section 6.8). Open streams continue.
    func announceEnd() {
        owesGoAway = true
        sendOwedGoAway()
    }

    func sendOwedGoAway() {
        guard owesGoAway, phase != .ended else { return }
        let last = HTTP2Frame.bytes(Self.largestStream) + HTTP2Frame.bytes(HTTP2Frame.ErrorCode.none.rawValue)
        owesGoAway = !sends(HTTP2Frame(kind: Kind.goAway, payload: last[...]))
    }

    private static let largestStream: UInt32 = 0x7FFF_FFFF

    /// Answers a PING (section 6.7) here, because libwebsockets would queue any number of answers. Returns false
    /// where the socket has no room.
    func answersPing(_ frame: HTTP2Frame) throws(ConnectionError) -> Bool {
        try expect(frame, bytes: 8, onStream: false)
        return frame.has(Flag.acknowledges)
            || sends(HTTP2Frame(kind: Kind.ping, flags: Flag.acknowledges, payload: frame.payload))
    }

    private func sends(_ frame: HTTP2Frame) -> Bool {
        guard maySpeak else { return false }
        if gate.sendFrame(frame, on: network) { return true }
        // libwebsockets calls when the socket has room.
        lws_callback_on_writable(network)
        return false
    }

    /// Limits the peers that have their answers and do not end their requests to half of the streams.
    func abandonOldest() {
        let answered = streams.values.filter {
            $0.request == nil && $0.object == nil && $0.owesBody && !$0.isAbandoned
        }
        guard answered.count > limits.streams / 2, let oldest = answered.min(by: { $0.identifier < $1.identifier })
        else {
            return
        }
        abandon(oldest)
    }

    func reset(_ stream: UInt32, _ code: HTTP2Frame.ErrorCode) {
        guard maySpeak else { return }
        let bytes = HTTP2Frame.bytes(code.rawValue)
        _ = gate.sendFrame(HTTP2Frame(kind: Kind.reset, stream: stream, payload: bytes[...]), on: network)
    }
}
