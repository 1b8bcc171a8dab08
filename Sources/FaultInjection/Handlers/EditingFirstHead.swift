import NIOCore

/// Removes fields from the first head, and lets everything after it pass.
final class EditingFirstHead: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = ByteBuffer

    private let names: Set<String>
    private let whenDropped: () -> Void
    private var scanner: HTTPMessageScanner
    private var head = ByteBuffer()
    /// Whether the head's bytes have been taken; they are written later.
    private var isDone = false

    /// - Parameter names: the names of the fields, in lower case.
    init(dropping names: Set<String>, _ scanner: HTTPMessageScanner, whenDropped: @escaping () -> Void) {
        self.names = names
        self.scanner = scanner
        self.whenDropped = whenDropped
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isDone else { return context.write(data, promise: promise) }
        var buffer = Self.unwrapOutboundIn(data)
        var bytes = buffer.readableBytesView
        while !isDone, let span = scanner.next(&bytes) {
            guard let piece = buffer.readSlice(length: span.count) else { break }
            head.writeImmutableBuffer(piece)
            isDone = span.endsHead || span.part != .head
        }
        guard isDone else {
            // At most the maximum length of a head is stored.
            promise?.succeed()
            return
        }
        var edited = edit()
        edited.writeImmutableBuffer(buffer)
        context.write(NIOAny(edited), promise: promise)
    }

    func removeHandler(context: ChannelHandlerContext, removalToken: ChannelHandlerContext.RemovalToken) {
        if !isDone, head.readableBytes > 0 { context.writeAndFlush(NIOAny(head), promise: nil) }
        context.leavePipeline(removalToken: removalToken)
    }

    private func edit() -> ByteBuffer {
        let text = Array(head.readableBytesView)
        guard text.suffix(4).elementsEqual("\r\n\r\n".utf8) else { return head }
        let lines = HTTPHead.lines(text)
        let kept = lines.prefix(1) + lines.dropFirst().filter { !names.contains(HTTPHead.name($0)) }
        guard kept.count < lines.count else { return head }
        whenDropped()
        return ByteBuffer(bytes: kept.flatMap { $0 + "\r\n".utf8 } + "\r\n".utf8)
    }
}
