import NIOCore

/// Ends a connection on which nothing has been written for so long, in either direction.
final class IdleWatch {
    private let limit: TimeAmount
    private let cut: () -> Void
    private var last = NIODeadline.now()
    private var timer: Scheduled<Void>?

    init(_ limit: TimeAmount, cut: @escaping () -> Void) {
        self.limit = limit
        self.cut = cut
    }

    fileprivate func note() { last = .now() }

    /// One timer a connection, which looks again when it was not idle after all: a write costs no timer.
    fileprivate func start(_ loop: any EventLoop) {
        let due = last + limit
        guard due > .now() else { return cut() }
        timer = loop.assumeIsolated().scheduleTask(deadline: due) { self.start(loop) }
    }

    fileprivate func stop() { timer?.cancel() }
}

/// Tells an idle watch of what passes.
final class WatchedWrites: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = ByteBuffer

    private let watch: IdleWatch
    private let starts: Bool

    /// - Parameter starts: this handler's life is the watch's.
    init(_ watch: IdleWatch, starts: Bool) {
        self.watch = watch
        self.starts = starts
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if starts { watch.start(context.eventLoop) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        if starts { watch.stop() }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        watch.note()
        context.write(data, promise: promise)
    }
}
