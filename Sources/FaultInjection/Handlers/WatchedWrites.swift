import NIOCore

/// Ends a connection on which nothing was written in either direction for a time.
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

    /// There is one timer for a connection, and it is restarted if the connection was not idle. So a write costs no
    /// timer.
    fileprivate func start(_ loop: any EventLoop) {
        let due = last + limit
        guard due > .now() else { return cut() }
        timer = loop.assumeIsolated().scheduleTask(deadline: due) { self.start(loop) }
    }

    fileprivate func stop() { timer?.cancel() }
}

/// Tells an idle watch about each write.
final class WatchedWrites: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = ByteBuffer

    private let watch: IdleWatch
    private let starts: Bool

    /// - Parameter starts: whether the watch starts and ends with this handler.
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
