import CLibwebsockets

/// What the owner of a client's exchange hears, on the loop's thread: `began` at most once, then bytes, then one of the
/// two last calls.
public protocol ClientExchangeHandler: AnyObject {
    /// TCP and TLS are up, and the request goes out. Said again of a request that is sent again over a new connection.
    func exchangeGoesOut(_ exchange: ClientExchange)
    /// The response's header has come.
    func exchange(_ exchange: ClientExchange, began response: ClientResponse)
    /// A piece of the body, valid during the call only.
    func exchange(_ exchange: ClientExchange, received bytes: UnsafeRawBufferPointer)
    /// Last. `isComplete` is false where the connection ended before the response did.
    func exchange(_ exchange: ClientExchange, ended isComplete: Bool)
    /// Last. No connection came about, or it broke.
    func exchange(_ exchange: ClientExchange, failed cause: String)
}

extension ClientExchangeHandler {
    public func exchangeGoesOut(_ exchange: ClientExchange) {}
}

/// An HTTP request and its response, from the client's side.
public final class ClientExchange: ClientConnection {
    weak var handler: (any ClientExchangeHandler)?
    var hasBegun = false
    private var hasGoneOut = false
    private var bodySent = 0

    /// The HTTP/1.1 connection on which the exchange waits or is carried out; nil over HTTP/2.
    private var carrier: ClientKeptConnection?

    /// Bytes of an HTTP/2 stream that have not been given back as credit.
    private var owedCredit = 0
    /// What arrived over HTTP/2 while the reading was paused: at most the credit that the server had.
    private var held: [UInt8] = []
    private var isPaused = false

    init(
        _ request: ClientRequest, place: ReusableConnection?, loop: ClientLoop, handler: any ClientExchangeHandler
    ) {
        self.handler = handler
        super.init(request, place: place, loop: loop)
        place?.latest = self
    }

    /// Ends the exchange without a further call to its handler; the connection is cut.
    public func cancel() {
        isFinished = true
        if let carrier {
            carrier.cancel(self)
            release()
        } else {
            kill()
            releaseUnlessConnected()
        }
    }

    /// Hands the exchange to an HTTP/1.1 connection: that of its place, or one of its own.
    func carry() {
        guard !isFinished else { return release() }
        if let place {
            carrier = place.carry(self, loop)
        } else {
            let connection = ClientKeptConnection(request, isForOne: true, loop: loop)
            carrier = connection
            connection.add(self)
            loop.attempt(connection)
        }
    }

    /// Whether the body is read. Over HTTP/2 the server may still send what it has credit for: 256 KiB at most.
    public override func setReading(_ reads: Bool) {
        if let carrier { return carrier.setReading(reads) }
        isPaused = !reads
        guard reads, !held.isEmpty else { return }
        let bytes = held
        held = []
        bytes.withUnsafeBytes { deliver($0) }
    }

    // MARK: What libwebsockets calls for, over HTTP/2

    /// Appends the request's own fields. Returns false where they do not fit.
    func appendHeader(_ wsi: OpaquePointer, _ cursor: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>, _ room: Int)
        -> Bool
    {
        self.wsi = wsi
        loop.firstFrames.forget(wsi)
        // Over HTTP/2 the object of the connection is another than the request's, and was made meanwhile.
        if place != nil, let network = lws_get_network_wsi(wsi) { loop.carries(network) }
        hasGoneOut = true
        loop.requestGoesOut(self)
        goesOut()
        var headers = request.headers
        if !request.body.isEmpty || request.method == "POST" || request.method == "PUT" {
            headers.append(("content-length", String(request.body.count)))
        }
        guard ClientLoop.append(headers, wsi, cursor, room) else { return false }
        if !request.body.isEmpty {
            lws_client_http_body_pending(wsi, 1)
            lws_callback_on_writable(wsi)
        }
        return true
    }

    func goesOut() {
        if !isFinished { handler?.exchangeGoesOut(self) }
    }

    /// Sends what is left of the request's body. Returns false where the connection is dead.
    func sendBody(_ wsi: OpaquePointer) -> Bool {
        let scratch = loop.context.scratch
        guard bodySent < request.body.count else { return true }
        let count = min(request.body.count - bodySent, scratch.capacity)
        request.body.withUnsafeBufferPointer { body in
            scratch.start.update(from: body.baseAddress! + bodySent, count: count)
        }
        bodySent += count
        let isLast = bodySent == request.body.count
        guard lws_write(wsi, scratch.start, count, isLast ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) >= 0 else {
            return false
        }
        if isLast {
            lws_client_http_body_pending(wsi, 0)
            request.body = []
        }
        lws_callback_on_writable(wsi)
        return true
    }

    func begin(_ wsi: OpaquePointer) -> Bool {
        // A stream that joins an HTTP/2 connection is also told to be established before it has sent anything.
        guard hasGoneOut, !hasBegun else { return true }
        let response = ClientResponse(wsi)
        self.wsi = wsi
        guard begin(response) else { return false }
        if response.isHTTP2, [204, 304].contains(response.status) {
            // libwebsockets 4.1's client does not see that the header has ended the stream.
            loop.timers.schedule(after: .zero) { [weak self] in self?.endStream() }
        }
        return true
    }

    /// Ends the stream of an HTTP/2 connection, which goes on.
    private func endStream() {
        finish(isComplete: true)
        if place != nil, let wsi { tandem_kill(wsi) }
    }

    /// The response's header has come. Returns whether to go on.
    @discardableResult
    func begin(_ response: ClientResponse) -> Bool {
        headerHasArrived()
        guard !isFinished else { return false }
        guard response.isHTTP2 == (request.version == .h2) else {
            fail("the server does not speak HTTP/2 here")
            return false
        }
        hasBegun = true
        handler?.exchange(self, began: response)
        guard !isFinished else { return false }
        if request.isStream, request.version == .h2 {
            // Else each frame would start the connection's timeout anew, in a sorted list of all of them.
            loop.timers.schedule(after: .zero) { [weak self] in
                if let self, !self.isFinished, let wsi = self.wsi { lws_http_mark_sse(wsi) }
            }
        }
        return true
    }

    /// libwebsockets sees bytes. Returns false where the connection is to be closed.
    func bytesWait(_ wsi: OpaquePointer) -> Bool {
        let scratch = loop.context.scratch
        loop.readCursor.pointee = UnsafeMutableRawPointer(scratch.start).assumingMemoryBound(to: CChar.self)
        loop.readCount.pointee = Int32(min(scratch.capacity, 16 * 1024))
        return lws_http_client_read(wsi, loop.readCursor, loop.readCount) >= 0
    }

    func deliver(_ bytes: UnsafeRawBufferPointer) {
        guard !isFinished, !bytes.isEmpty else { return }
        if request.version == .h2 {
            if isPaused {
                held.append(contentsOf: bytes)
                return
            }
            giveCredit(bytes.count)
        }
        handler?.exchange(self, received: bytes)
    }

    /// libwebsockets 4.1's client gives a stream 256 KiB and never more: what was read is given back here, in large steps.
    private func giveCredit(_ count: Int) {
        owedCredit += count
        guard owedCredit >= 64 * 1024, let wsi else { return }
        lws_wsi_tx_credit(wsi, CChar(LWSTXCR_PEER_TO_US), Int32(owedCredit))
        owedCredit = 0
    }

    func completed() {
        finish(isComplete: true)
    }

    func finish(isComplete: Bool) {
        guard !isFinished else { return }
        isFinished = true
        handler?.exchange(self, ended: isComplete)
        if carrier != nil {
            carrier = nil
            release()
        } else if place == nil {
            kill()
        } else if let wsi {
            // An idle connection would wait in libwebsockets' list of timers: it is ours to close.
            loop.timers.schedule(after: .zero) { [weak self] in
                if self?.wsi == wsi { tandem_no_timeout(lws_get_network_wsi(wsi)) }
            }
        }
    }

    override func lostConnection() { connectionEnded(completes: false) }

    func connectionEnded(completes: Bool) {
        if hasBegun { finish(isComplete: completes) } else { fail("the connection ended before an answer") }
    }

    override func deadlineHasPassed(_ cause: String) {
        let carrier = carrier
        fail(cause)
        if let carrier { carrier.cancel(self) } else { kill() }
    }

    override func fail(_ cause: String) {
        guard !isFinished else { return }
        isFinished = true
        handler?.exchange(self, failed: cause)
        if carrier != nil {
            carrier = nil
            release()
        }
    }
}
