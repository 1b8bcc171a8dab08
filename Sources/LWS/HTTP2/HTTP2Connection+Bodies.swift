import CLibwebsockets

/// The bodies of requests. They go to their exchanges and never to libwebsockets.
extension HTTP2Connection {
    func takeData(_ frame: HTTP2Frame) throws(ConnectionError) {
        guard frame.stream != 0, frame.stream <= highest else { throw ConnectionError.wrongStream }
        guard window.take(frame.payload.count) else {
            throw ConnectionError(.flowControl, "more than the connection's window takes (RFC 9113, section 6.9.1)")
        }
        guard let stream = streams[frame.stream], stream.owesBody else { throw ConnectionError.closedStream }
        guard stream.window.take(frame.payload.count) else {
            throw ConnectionError(.flowControl, "more than the stream's window takes (RFC 9113, section 6.9.1)")
        }
        stream.framed += frame.payload.count
        var frame = frame
        try frame.trim()
        stream.received += frame.payload.count
        stream.body += frame.payload
        if frame.has(Flag.endsStream) { stream.owesBody = false }
        handOn(stream)
        // The peer continues a body that nobody waits for.
        if stream.request == nil, stream.object == nil, stream.owesBody { abandon(stream) }
    }

    /// Gives the bytes of a body to the exchange that waits for it. Until that exists they are kept; the connection's
    /// window limits them.
    func handOn(_ stream: HTTP2Stream) {
        guard stream.request == nil else { return }
        let body = takeBody(of: stream)
        defer { removeIfOver(stream) }
        if stream.hasWrongLength || stream.hasWrongTrailers, !stream.isMalformed {
            stream.isMalformed = true
            refuse(stream)
        }
        guard let exchange = stream.exchange, !exchange.isFinished, exchange.bodyLimit > 0 else {
            stream.exchange = nil
            return
        }
        body.withUnsafeBytes { exchange.receive($0) }
        guard stream.hasWholeBody || stream.isMalformed || exchange.bodyExceeded else { return }
        stream.exchange = nil
        exchange.hasWholeBody = true
        // Not while libwebsockets reads.
        loop.later { [unowned loop] in
            if !exchange.isFinished { loop.server?.receivedBody(of: exchange) }
        }
    }

    /// Removes the bytes that are kept of a body, and opens the windows again.
    func takeBody(of stream: HTTP2Stream) -> [UInt8] {
        defer { (stream.framed, stream.body) = (0, []) }
        guard stream.framed > 0 else { return [] }
        window.use(stream.framed)
        stream.window.use(stream.framed)
        if window.isDue { dueWindows.insert(0) }
        if stream.window.isDue { dueWindows.insert(stream.identifier) }
        openWindows()
        return stream.body
    }

    /// Ends a stream whose body contradicts its head. It is answered where no answer has begun.
    private func refuse(_ stream: HTTP2Stream) {
        if let exchange = stream.exchange, !exchange.isFinished, exchange.bodyLimit > 0 {
            exchange.rejection = RequestRejection(.bodyLength, field: "content-length", path: exchange.path)
        } else if let object = stream.object {
            tandem_kill(object)
        } else {
            abandon(stream)
        }
    }
}
