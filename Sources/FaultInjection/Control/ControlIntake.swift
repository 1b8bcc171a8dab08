import NIOCore
import NIOHTTP1

/// Bounds what a request to the HTTP interface may have with its framing, chunk extensions among it, and how long it may take. One that begins
/// in the segment that ends another has its deadline from its head's end, or its next segment on.
final class ControlIntake: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The body may be in chunks of a few bytes each.
    static let requestBytes = 4 * ControlHandler.bodyLimit
    /// From a request's first byte to its last.
    static let deadline = TimeAmount.seconds(10)

    private weak var handler: ControlHandler?
    private var bytes = 0
    private var late: Scheduled<Void>?
    /// Whatever comes from now on is thrown away.
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

    /// A request has come to its end.
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
        // No head has come through, so that NIO's encoder has nothing to answer.
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
