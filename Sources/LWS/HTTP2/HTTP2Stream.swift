/// One stream of a connection of a server over HTTP/2 (RFC 9113, section 5), from its head until both ends are done with it.
final class HTTP2Stream {
    let identifier: UInt32
    /// What its head asks for, until libwebsockets comes to it.
    var request: Result<RequestHead, RequestRejection>?
    /// libwebsockets' object, from then on until it frees that.
    var object: OpaquePointer?
    let hasBody: Bool
    /// Whether the peer has yet to end it.
    var owesBody: Bool
    var isReset = false
    /// Whether it was refused for what the protocol does not allow (section 8.1.1).
    var isMalformed = false
    var hasWrongTrailers = false
    /// Whether the peer has been told to send no more of it.
    var isAbandoned = false
    /// Whether its object goes in libwebsockets' next turn.
    var isEnding = false
    /// What waits for the body.
    var exchange: Exchange?
    /// What of the body has come and was not handed on, and the bytes of the frames that it came in.
    var body: [UInt8] = []
    var framed = 0
    var received = 0
    var window = HTTP2ReceiveWindow()
    let announced: Int?

    init(_ identifier: UInt32, _ request: Result<RequestHead, RequestRejection>, endsWithHead: Bool) {
        self.identifier = identifier
        self.request = request
        hasBody = !endsWithHead
        owesBody = !endsWithHead
        if case .failure(let rejection) = request { isMalformed = rejection.rule.status == 400 }
        announced =
            if case .success(let head) = request, case .length(let length) = head.framing { length } else { nil }
    }

    /// Whether it counts for the limit of streams (section 5.1.2): one that was refused until its object is freed.
    var isOpen: Bool { !isReset && !isAbandoned && (owesBody || !isEnding) }

    /// Whether all of the body has come, as far as its head says.
    var hasWholeBody: Bool { !owesBody || received == announced }

    /// Whether the body is not as long as its head says (section 8.1.1).
    var hasWrongLength: Bool { announced.map { received > $0 || !owesBody && received < $0 } ?? false }

    /// Whether there is nothing left of it.
    var isOver: Bool { request == nil && object == nil && (isReset || !owesBody) }
}
