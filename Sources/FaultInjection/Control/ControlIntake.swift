import NIOCore
import NIOHTTP1

/// Limits the bytes of a request to the HTTP interface with its framing, including chunk extensions, and the time
/// that it takes. Where a request begins in the segment that ends another, its time starts at the end of its head, or
/// with its next segment.
final class ControlIntake: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// A body may be sent in chunks of a few bytes each.
    static let requestBytes = 4 * ControlHandler.bodyLimit
    /// The time from a request's first byte to its last.
    static let deadline = TimeAmount.seconds(10)

    private weak var handler: ControlHandler?
    private var bytes = 0
    private var late: Scheduled<Void>?
    /// Everything that comes from now on is discarded.
    private var isOver = false

    init(_ handler: ControlHandler) { self.handler = handler }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        bytes += Self.unwrapInboundIn(data).readableBytes
        begin(context)
        guard bytes <= Self.requestBytes else {
            let words = "the request has more than \(Self.requestBytes) bytes with its framing"
            return refuse(ControlAnswer(.payloadTooLarge, words), context)
        }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        requestEnds()
        context.fireChannelInactive()
    }

    /// A request has begun.
    func begin(_ context: ChannelHandlerContext) {
        guard late == nil, !isOver else { return }
        late = context.eventLoop.assumeIsolated().scheduleTask(in: Self.deadline) {
            [weak self, weak channel = context.channel] in
            guard let self, let channel, let own = try? channel.pipeline.syncOperations.context(handler: self) else {
                return
            }
            let seconds = Self.deadline.nanoseconds / 1_000_000_000
            self.refuse(ControlAnswer(.requestTimeout, "the request has not come within \(seconds) s"), own)
        }
    }

    /// A request has ended.
    func requestEnds() {
        bytes = 0
        late?.cancel()
        late = nil
    }

    /// A request has been refused.
    func ends() {
        requestEnds()
        isOver = true
    }

    private func refuse(_ answer: ControlAnswer, _ context: ChannelHandlerContext) {
        guard !isOver else { return }
        ends()
        if handler?.refuses(answer) == true { return }
        // No head has passed, so NIO's encoder would not know what it answers.
        var text = context.channel.allocator.buffer(capacity: 256 + answer.body.count)
        text.writeString(
            "HTTP/1.1 \(answer.status.code) \(answer.status.reasonPhrase)\r\nContent-Length: \(answer.body.count)\r\n"
                + "Content-Type: application/json\r\nConnection: close\r\n\r\n")
        text.writeBytes(answer.body)
        context.writeAndFlush(Self.wrapOutboundOut(text), promise: nil)
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        context.eventLoop.scheduleTask(in: ControlHandler.lingering) { channel.close(promise: nil) }
    }
}
