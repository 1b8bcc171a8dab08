import NIOCore

/// Holds bodies back until a buffer is full or the body ends. Heads, and what is not HTTP, pass.
///
/// It holds at most the buffer's size and one write.
final class BufferingBodies: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = ByteBuffer

    private let size: Int
    private var scanner: HTTPMessageScanner
    private var body = ByteBuffer()
    private var whenFirst: (() -> Void)?

    /// - Parameter whenFirst: called when bytes are held back for the first time.
    init(_ size: Int, _ scanner: HTTPMessageScanner, whenFirst: @escaping () -> Void) {
        self.size = size
        self.scanner = scanner
        self.whenFirst = whenFirst
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var buffer = Self.unwrapOutboundIn(data)
        var bytes = buffer.readableBytesView
        var released = ByteBuffer()
        while let span = scanner.next(&bytes) {
            guard let piece = buffer.readSlice(length: span.count) else { break }
            body.writeImmutableBuffer(piece)
            guard span.part != .body || span.endsMessage || body.readableBytes >= size else { continue }
            released.writeBuffer(&body)
            body = ByteBuffer()
        }
        if body.readableBytes > 0 {
            whenFirst?()
            whenFirst = nil
        }
        // Bytes that are held count as written, so that there can be more of them than the relay's window.
        if released.readableBytes > 0 {
            context.write(NIOAny(released), promise: promise)
        } else {
            promise?.succeed()
        }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        release(context)
        context.flush()
        context.close(mode: mode, promise: promise)
    }

    func removeHandler(context: ChannelHandlerContext, removalToken: ChannelHandlerContext.RemovalToken) {
        release(context)
        context.flush()
        context.leavePipeline(removalToken: removalToken)
    }

    private func release(_ context: ChannelHandlerContext) {
        guard body.readableBytes > 0 else { return }
        context.write(NIOAny(body), promise: nil)
        body = ByteBuffer()
    }
}
