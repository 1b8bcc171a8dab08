/// One stream of a server's HTTP/2 connection (RFC 9113, section 5), from its head until both ends have finished with
/// it.
final class HTTP2Stream {
    let identifier: UInt32
    /// Its request, until libwebsockets comes to it.
    var request: Result<RequestHead, RequestRejection>?
    /// libwebsockets' object, from then on until libwebsockets frees it.
    var object: OpaquePointer?
    let hasBody: Bool
    /// Whether the peer has not ended it yet.
    var owesBody: Bool
    var isReset = false
    /// Whether it was refused because it violates the protocol (section 8.1.1).
    var isMalformed = false
    var hasWrongTrailers = false
    /// Whether the peer was told not to send more.
    var isAbandoned = false
    /// Whether libwebsockets frees its object in its next turn.
    var isEnding = false
    /// The exchange that waits for the body.
    var exchange: Exchange?
    /// The part of the body that has come and was not passed on, and the size of its frames in bytes.
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

    /// Whether it counts for the limit of streams (section 5.1.2). A refused stream counts until its object is freed.
    var isOpen: Bool { !isReset && !isAbandoned && (owesBody || !isEnding) }

    /// Whether all of the body has come, according to the head.
    var hasWholeBody: Bool { !owesBody || received == announced }

    /// Whether the length of the body differs from the one in its head (section 8.1.1).
    var hasWrongLength: Bool { announced.map { received > $0 || !owesBody && received < $0 } ?? false }

    /// Whether nothing of it remains.
    var isOver: Bool { request == nil && object == nil && (isReset || !owesBody) }
}
