import NIOCore

/// Holds back what follows a 101, until it is removed.
final class SilencedWrites: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = ByteBuffer

    /// The state that the handlers of both directions share.
    final class Upgrade {
        private(set) var isComplete = false
        private let whenComplete: () -> Void

        init(whenComplete: @escaping () -> Void) { self.whenComplete = whenComplete }

        fileprivate func complete() {
            isComplete = true
            whenComplete()
        }
    }

    private let upgrade: Upgrade
    private var scanner: HTTPMessageScanner?
    private let held = HeldWrites()

    /// - Parameter scanner: reads the responses; nil in the direction to the server.
    init(_ upgrade: Upgrade, reading scanner: HTTPMessageScanner?) {
        self.upgrade = upgrade
        self.scanner = scanner
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var buffer = Self.unwrapOutboundIn(data)
        guard !upgrade.isComplete else { return held.append(.bytes(buffer, promise)) }
        guard let passing = headOfUpgrade(buffer), let head = buffer.readSlice(length: passing) else {
            return context.write(data, promise: promise)
        }
        context.write(NIOAny(head), promise: buffer.readableBytes == 0 ? promise : nil)
        if buffer.readableBytes > 0 { held.append(.bytes(buffer, promise)) }
        upgrade.complete()
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard upgrade.isComplete else { return context.close(mode: mode, promise: promise) }
        held.append(.close(mode, promise))
    }

    func removeHandler(context: ChannelHandlerContext, removalToken: ChannelHandlerContext.RemovalToken) {
        held.release(to: context)
        context.leavePipeline(removalToken: removalToken)
    }

    func handlerRemoved(context: ChannelHandlerContext) { held.fail() }

    /// The number of bytes up to the end of a 101's head; nil where none ends here.
    private func headOfUpgrade(_ buffer: ByteBuffer) -> Int? {
        var bytes = buffer.readableBytesView
        var count = 0
        while let span = scanner?.next(&bytes) {
            count += span.count
            if span.endsHead, scanner?.status == 101 { return count }
        }
        return nil
    }
}
