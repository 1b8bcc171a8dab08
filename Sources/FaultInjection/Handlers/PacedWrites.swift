package import NIOCore

/// Decides when bytes are sent on.
package protocol WritePace {
    /// The size and time of the next piece of a write.
    ///
    /// - Parameters:
    ///   - waiting: the remaining bytes of the write; 0 for a FIN.
    ///   - since: when the write came.
    mutating func next(_ waiting: Int, since: NIODeadline) -> (count: Int, due: NIODeadline)
}

/// Sends writes on in order, at a pace. When the handler is removed, the rest is sent at once.
final class PacedWrites<Pace: WritePace>: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = ByteBuffer

    private var pace: Pace
    private let held = HeldWrites()
    /// The next piece of the first write.
    private var piece: (count: Int, due: NIODeadline)?
    private var timer: Scheduled<Void>?

    init(_ pace: Pace) { self.pace = pace }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        held.append(.bytes(Self.unwrapOutboundIn(data), promise))
        send(context)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        held.append(.close(mode, promise))
        send(context)
    }

    func removeHandler(context: ChannelHandlerContext, removalToken: ChannelHandlerContext.RemovalToken) {
        held.release(to: context)
        context.leavePipeline(removalToken: removalToken)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        held.fail()
    }

    private func send(_ context: ChannelHandlerContext) {
        guard timer == nil else { return }
        let now = NIODeadline.now()
        while let first = held.first {
            let piece = self.piece ?? pace.next(first.held.count, since: first.since)
            guard piece.due <= now else {
                self.piece = piece
                timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: piece.due) {
                    self.timer = nil
                    self.send(context)
                }
                break
            }
            self.piece = nil
            held.send(piece.count, to: context)
        }
        context.flush()
    }
}
