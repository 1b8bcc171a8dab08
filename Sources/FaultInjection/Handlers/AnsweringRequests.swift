import NIOCore
import NIOHTTP1

/// Answers the next request instead of the server, and ends the connection.
final class AnsweringRequests: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let response: String
    private var scanner: HTTPMessageScanner
    /// Some bytes of the current request have been taken and not passed to the server.
    private var hasBegun = false
    private var hasAnswered = false
    private let whenAnswered: () -> Void

    init(
        _ status: Int, retryAfter: Int, _ scanner: HTTPMessageScanner, whenAnswered: @escaping () -> Void
    ) {
        response = Self.response(status, retryAfter: retryAfter)
        self.scanner = scanner
        self.whenAnswered = whenAnswered
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasAnswered else { return }
        var buffer = Self.unwrapInboundIn(data)
        var bytes = buffer.readableBytesView
        // Bytes of an earlier request, or of none, go to the server.
        var passing = 0
        while !hasBegun {
            let isNew = scanner.isBetweenMessages
            guard let span = scanner.next(&bytes) else { break }
            if isNew, span.part == .head {
                hasBegun = true
                hasAnswered = span.endsHead
            } else {
                passing += span.count
            }
        }
        while hasBegun, !hasAnswered, let span = scanner.next(&bytes) { hasAnswered = span.endsHead }
        if passing > 0, let piece = buffer.readSlice(length: passing) { context.fireChannelRead(NIOAny(piece)) }
        guard hasAnswered else { return }
        context.writeAndFlush(NIOAny(ByteBuffer(string: response)), promise: nil)
        whenAnswered()
    }

    private static func response(_ status: Int, retryAfter: Int) -> String {
        let reason = HTTPResponseStatus(statusCode: status).reasonPhrase
        var head = "HTTP/1.1 \(status) \(reason)\r\nConnection: close\r\nCache-Control: no-store\r\n"
        // A 204 has no length (RFC 9110, section 8.6); a 401 names a scheme (section 15.5.2).
        if status != 204, status != 304 { head += "Content-Length: 0\r\n" }
        if status == 401 { head += "WWW-Authenticate: Bearer\r\n" }
        if retryAfter > 0 { head += "Retry-After: \(retryAfter)\r\n" }
        return head + "\r\n"
    }
}
