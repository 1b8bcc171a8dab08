import NIOCore

/// The writes that a handler holds back, in order. It is an object, because a write may close the channel at once,
/// which calls back into it.
///
/// The relay's window limits its size, because a write that is held is not acknowledged to the relay.
final class HeldWrites {
    enum Held {
        case bytes(ByteBuffer, EventLoopPromise<Void>?)
        case close(CloseMode, EventLoopPromise<Void>?)

        var count: Int {
            if case .bytes(let buffer, _) = self { buffer.readableBytes } else { 0 }
        }
    }

    private var held = CircularBuffer<(held: Held, since: NIODeadline)>()

    var isEmpty: Bool { held.isEmpty }
    var first: (held: Held, since: NIODeadline)? { held.first }

    func append(_ next: Held, since: NIODeadline = .now()) { held.append((next, since)) }

    /// Writes up to `count` bytes of the first buffer; a close event is executed.
    func send(_ count: Int, to context: ChannelHandlerContext) {
        guard let (first, since) = held.popFirst() else { return }
        switch first {
        case .bytes(var buffer, let promise):
            guard count < buffer.readableBytes, let piece = buffer.readSlice(length: count) else {
                return context.write(NIOAny(buffer), promise: promise)
            }
            held.prepend((.bytes(buffer, promise), since))
            context.write(NIOAny(piece), promise: nil)
        case .close(let mode, let promise):
            context.flush()
            context.close(mode: mode, promise: promise)
        }
    }

    /// Writes everything.
    func release(to context: ChannelHandlerContext) {
        while !held.isEmpty { send(.max, to: context) }
        context.flush()
    }

    /// Fails all writes, for a channel that is gone.
    func fail() {
        while let (first, _) = held.popFirst() {
            switch first {
            case .bytes(_, let promise), .close(_, let promise): promise?.fail(ChannelError.ioOnClosedChannel)
            }
        }
    }
}
