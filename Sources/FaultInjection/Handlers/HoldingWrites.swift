import NIOCore

/// Holds back all writes until it is removed.
final class HoldingWrites: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = ByteBuffer

    private let held = HeldWrites()
    private var whenFirst: (() -> Void)?

    /// - Parameter whenFirst: called with the first write.
    init(whenFirst: @escaping () -> Void) { self.whenFirst = whenFirst }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        whenFirst?()
        whenFirst = nil
        held.append(.bytes(Self.unwrapOutboundIn(data), promise))
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        held.append(.close(mode, promise))
    }

    func removeHandler(context: ChannelHandlerContext, removalToken: ChannelHandlerContext.RemovalToken) {
        held.release(to: context)
        context.leavePipeline(removalToken: removalToken)
    }

    func handlerRemoved(context: ChannelHandlerContext) { held.fail() }
}
