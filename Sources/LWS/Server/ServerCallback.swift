import CLibwebsockets
import Glibc

/// libwebsockets' callback for server connections. It finds the loop, and calls the loop's delegate with exchanges
/// and streams.
///
/// It is called on the loop's thread, which confines everything below it. The reasons keep their C names.
func serverCallback(
    _ wsi: OpaquePointer?, _ reason: Int32, _ user: UnsafeMutableRawPointer?, _ input: UnsafeMutableRawPointer?,
    _ length: Int
) -> Int32 {
    guard let wsi else { return 0 }
    let reason = lws_callback_reasons(rawValue: UInt32(bitPattern: reason))
    if reason == LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS {
        tandem_tls_lean(user)
        tandem_tls_minimum_1_2(user)
        guard let authorities = LoopContext.of(tandem_loop(wsi))?.clientAuthorities else { return 0 }
        return tandem_tls_ask_client(user, authorities) == 1 ? 0 : -1
    }
    guard let loop = LoopContext.of(tandem_loop(wsi)), let delegate = loop.server else { return 0 }
    let word = Int(bitPattern: lws_get_opaque_user_data(wsi))

    switch reason {
    case LWS_CALLBACK_HTTP_BIND_PROTOCOL:
        loop.gate?.reader(of: wsi)?.transactionEnded(wsi)
        return 0

    case LWS_CALLBACK_HTTP:
        return beginExchange(wsi, input, length, loop, delegate)

    case LWS_CALLBACK_HTTP_BODY:
        if let exchange = exchange(word), length > 0 {
            exchange.receive(UnsafeRawBufferPointer(start: input, count: length))
        }
        return 0

    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        // Without an exchange, nobody waited for the body: the response has been sent.
        guard let exchange = exchange(word) else { return 0 }
        exchange.hasWholeBody = true
        return outcome(of: exchange) { delegate.receivedBody(of: exchange) }

    case LWS_CALLBACK_HTTP_WRITEABLE, LWS_CALLBACK_SERVER_WRITEABLE:
        if let exchange = exchange(word) { return exchange.resumeBody() }
        guard let token = StreamTag.token(word) else { return 0 }
        if reason == LWS_CALLBACK_SERVER_WRITEABLE, StreamSocket.isClosing(wsi) {
            // libwebsockets' own close frame has been sent. It may not understand the answer of a peer that broke the
            // protocol, and would wait for it. The end of our bytes tells the peer (RFC 6455, section 7.1.7). Within
            // TLS that end would look like a truncation, and the peer could not answer.
            if lws_is_ssl(wsi) == 0 { shutdown(lws_get_socket_fd(wsi), Int32(SHUT_WR)) }
            lws_set_opaque_user_data(wsi, StreamTag.withSentClose(word))
            lws_rx_flow_control(wsi, 1)
            delegate.failed(token)
        } else {
            delegate.writable(token)
        }
        return 0

    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return confirmUpgrade(wsi, loop, delegate)

    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
        // A WebSocket that was not admitted is not ours: it is in an HTTP/2 stream (RFC 8441), which the server did
        // not offer.
        return word == 0 ? -1 : 0

    case LWS_CALLBACK_ESTABLISHED:
        guard let token = StreamTag.token(word) else { return -1 }
        tandem_no_timeout(wsi)
        let reader = loop.gate?.reader(of: wsi)
        let socket = StreamSocket(
            lws_is_ssl(wsi) != 0 ? .webSocketTLS : .webSocket, wsi: wsi, isCompressed: reader?.agreesToDeflate == true)
        // Usually nothing came with the handshake, and an idle WebSocket would keep its reader for no purpose.
        if reader?.upgrade() == true { loop.gate?.nudge(wsi) } else { loop.gate?.forget(wsi) }
        delegate.opened(token, socket)
        return 0

    case LWS_CALLBACK_RECEIVE:
        guard let token = StreamTag.token(word) else { return 0 }
        guard isMasked(wsi) else { return breakOff(wsi, "not masked") }
        let outcome = delegate.receivedMessage(
            token,
            MessagePart(
                bytes: UnsafeRawBufferPointer(start: input, count: length), isText: lws_frame_is_binary(wsi) == 0,
                hasRSV1: hasRSV1(wsi), isFirst: lws_is_first_fragment(wsi) != 0,
                endsFrame: lws_remaining_packet_payload(wsi) == 0, isFinal: lws_is_final_fragment(wsi) != 0))
        switch outcome {
        case .goesOn: return 0
        case .isTooBig: return breakOff(wsi, "too big", LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE)
        case .isInvalid: return breakOff(wsi, "no such text", LWS_CLOSE_STATUS_INVALID_PAYLOAD)
        case .breaksProtocol: return breakOff(wsi, "marked as compressed")
        }

    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        guard let token = StreamTag.token(word) else { return 0 }
        guard isMasked(wsi) else { return breakOff(wsi, "not masked") }
        guard !hasRSV1(wsi) else { return breakOff(wsi, "marked as compressed") }
        // A code has two bytes. libwebsockets would send the single byte back.
        guard length != 1 else { return breakOff(wsi, "half a code") }
        guard length == 0 || closeCode(input) < 5000 else { return breakOff(wsi, "no such code") }
        let reason = UnsafeRawBufferPointer(start: input, count: length).dropFirst(2)
        guard UTF8Validator.accepts(UnsafeRawBufferPointer(rebasing: reason)) else {
            return breakOff(wsi, "no such text", LWS_CLOSE_STATUS_INVALID_PAYLOAD)
        }
        // 0: libwebsockets answers with the same code.
        return delegate.peerCloses(token) ? -1 : 0

    case LWS_CALLBACK_RECEIVE_PONG:
        guard let token = StreamTag.token(word) else { return 0 }
        guard isMasked(wsi) else { return breakOff(wsi, "not masked") }
        guard !hasRSV1(wsi) else { return breakOff(wsi, "marked as compressed") }
        delegate.receivedPong(token)
        return 0

    case LWS_CALLBACK_CLOSED, LWS_CALLBACK_CLOSED_HTTP:
        release(wsi, word, delegate)
        return 0

    case LWS_CALLBACK_WSI_DESTROY:
        release(wsi, word, delegate)
        loop.gate?.forget(wsi)
        if loop.adopted.remove(wsi) != nil { delegate.connectionsChanged(by: -1) }
        return 0

    default:
        return 0
    }
}

/// Whether the frame is masked, as a client's must be (RFC 6455, section 5.1).
private func isMasked(_ wsi: OpaquePointer) -> Bool {
    let isMasked = tandem_ws_is_masked(wsi)
    precondition(isMasked >= 0, "this libwebsockets is none that Tandem knows: install 4.1.6")
    return isMasked == 1
}

/// Whether the frame is marked as the first of a compressed message, which no control frame is (RFC 7692, section 6).
/// Where compression was not agreed on, libwebsockets refuses the mark itself.
private func hasRSV1(_ wsi: OpaquePointer) -> Bool { lws_get_reserved_bits(wsi) & 0x40 != 0 }

/// The code of a close frame. Codes of 5000 and more are invalid (RFC 6455, section 7.4.2), which libwebsockets does
/// not check.
private func closeCode(_ payload: UnsafeMutableRawPointer?) -> UInt16 {
    payload.map { UInt16(bigEndian: $0.loadUnaligned(as: UInt16.self)) } ?? 0
}

/// Makes libwebsockets end a WebSocket whose peer broke the protocol. Returns the value for its callback to return.
private func breakOff(
    _ wsi: OpaquePointer, _ cause: StaticString, _ code: lws_close_status = LWS_CLOSE_STATUS_PROTOCOL_ERR
) -> Int32 {
    lws_close_reason(wsi, code, UnsafeMutablePointer(mutating: cause.utf8Start), cause.utf8CodeUnitCount)
    return -1
}

private func exchange(_ word: Int) -> Exchange? {
    guard word != 0, word & 1 == 0 else { return nil }
    return Unmanaged<Exchange>.fromOpaque(UnsafeRawPointer(bitPattern: word)!).takeUnretainedValue()
}

private func beginExchange(
    _ wsi: OpaquePointer, _ path: UnsafeMutableRawPointer?, _ length: Int, _ loop: LoopContext,
    _ delegate: any ServerDelegate
) -> Int32 {
    guard let gate = loop.gate else { return -1 }
    if tandem_is_h2(wsi) != 0 {
        guard let exchange = gate.takeRequest(wsi, path: UnsafeRawBufferPointer(start: path, count: length)) else {
            return -1
        }
        let result = begin(exchange, on: wsi, delegate)
        guard result == 0, gate.deliverBody(wsi), exchange.expectsContinue, !exchange.isFinished else { return result }
        return exchange.sendContinue(to: wsi) ? 0 : -1
    }
    guard let reader = gate.reader(of: wsi), let head = reader.takeHead() else { return -1 }
    let exchange = Exchange(wsi, head: head, loop: loop)
    let result = begin(exchange, on: wsi, delegate)
    guard result == 0 else { return result }
    reader.readsOn(wsi)
    if exchange.expectsContinue, reader.awaitsBody, !exchange.isFinished { gate.sendContinue(wsi) }
    return 0
}

private func begin(_ exchange: Exchange, on wsi: OpaquePointer, _ delegate: any ServerDelegate) -> Int32 {
    lws_set_opaque_user_data(wsi, Unmanaged.passRetained(exchange).toOpaque())
    return outcome(of: exchange) { delegate.received(exchange) }
}

/// Runs a closure that may respond, and returns the value that libwebsockets expects for the exchange's state.
private func outcome(of exchange: Exchange, _ body: () -> Void) -> Int32 {
    guard let wsi = exchange.wsi else { return -1 }
    exchange.insideCallback = true
    body()
    exchange.insideCallback = false
    switch exchange.state {
    case .open, .streaming: return 0
    case .dead:
        exchange.detach()
        return -1
    case .responded where exchange.isSending: return 0
    case .responded:
        exchange.detach()
        if exchange.closesAfterResponse {
            return !exchange.isHTTP2 && exchange.loop.gate?.lingers(wsi) == true ? 0 : -1
        }
        return lws_http_transaction_completed(wsi) != 0 ? -1 : 0
    }
}

private func confirmUpgrade(_ wsi: OpaquePointer, _ loop: LoopContext, _ delegate: any ServerDelegate) -> Int32 {
    guard let head = loop.gate?.reader(of: wsi)?.takeHead(), head.opensWebSocket else { return -1 }
    let request = Exchange(wsi, head: head, loop: loop)
    switch delegate.upgrade(request) {
    case .accept(let token):
        lws_set_opaque_user_data(wsi, StreamTag.pointer(token, isWebSocket: true))
        return 0
    case .refuse(var response):
        // libwebsockets does not go on after an upgrade that is refused.
        response.closes = true
        lws_set_opaque_user_data(wsi, Unmanaged.passRetained(request).toOpaque())
        request.insideCallback = true
        request.respond(response)
        request.detach()
        return -1
    }
}

private func release(_ wsi: OpaquePointer, _ word: Int, _ delegate: any ServerDelegate) {
    guard word != 0 else { return }
    lws_set_opaque_user_data(wsi, nil)
    if let token = StreamTag.token(word) {
        delegate.closed(token)
    } else if let exchange = exchange(word) {
        let wasOpen = !exchange.isFinished
        exchange.connectionClosed()
        if wasOpen { delegate.abandoned(exchange) }
        exchange.context = nil
    }
}
