import NIOCore
import NIOHTTP1

/// Bounds what a request to the HTTP interface may have with its framing, chunk extensions among it, and how long it may take.
final class ControlIntake: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// The body may be in chunks of a few bytes each.
    static let requestBytes = 4 * ControlHandler.bodyLimit
    /// From a request's first byte to its last.
    static let deadline = TimeAmount.seconds(10)

    private let overruns: (ControlAnswer) -> Void
    private var bytes = 0
    private var late: Scheduled<Void>?

    /// - Parameter overruns: answers a request that goes beyond.
    init(_ overruns: @escaping (ControlAnswer) -> Void) { self.overruns = overruns }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes += Self.unwrapInboundIn(data).readableBytes
        if late == nil {
            late = context.eventLoop.assumeIsolated().scheduleTask(in: Self.deadline) { [weak self] in
                self?.overruns(
                    ControlAnswer(
                        .requestTimeout,
                        "the request has not come within \(Self.deadline.nanoseconds / 1_000_000_000) s"))
            }
        }
        guard bytes <= Self.requestBytes else {
            return overruns(
                ControlAnswer(.payloadTooLarge, "the request has more than \(Self.requestBytes) bytes with its framing")
            )
        }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        requestEnds()
        context.fireChannelInactive()
    }

    /// A request has come to its end.
    func requestEnds() {
        bytes = 0
        late?.cancel()
        late = nil
    }
}
