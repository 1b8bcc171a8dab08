import NIOCore

/// What a handler holds back, in order. An object, as what is written may close the channel at once, and so come back here.
///
/// Its size is bounded by the relay's window, as a write that is held is one that has not been taken.
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

    /// Writes at most so many bytes of the first, or what it is else.
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

    /// Writes all of it.
    func release(to context: ChannelHandlerContext) {
        while !held.isEmpty { send(.max, to: context) }
        context.flush()
    }

    /// For a channel that is gone.
    func fail() {
        while let (first, _) = held.popFirst() {
            switch first {
            case .bytes(_, let promise), .close(_, let promise): promise?.fail(ChannelError.ioOnClosedChannel)
            }
        }
    }
}
