import Glibc
import NIOCore

/// A handler between a socket and the faults. It counts the socket's bytes, and can end it whatever the faults hold
/// back.
final class SocketEdge: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    private(set) var received = 0
    private(set) var sent = 0
    /// Bytes that the socket has not taken yet.
    private var pending = 0
    /// Completes the half close, which waits for these bytes: a channel that has received the peer's FIN would drop
    /// them.
    private var halfClose: EventLoopPromise<Void>?
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        halfClose?.fail(ChannelError.alreadyClosed)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += Self.unwrapInboundIn(data).readableBytes
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let count = Self.unwrapOutboundIn(data).readableBytes
        pending += count
        sent += count
        let promise = promise ?? context.eventLoop.makePromise()
        promise.futureResult.assumeIsolated().whenComplete { _ in
            self.pending -= count
            self.closeOutputWhenWritten()
        }
        context.write(data, promise: promise)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output, halfClose == nil else { return context.close(mode: mode, promise: promise) }
        halfClose = promise ?? context.eventLoop.makePromise()
        closeOutputWhenWritten()
    }

    /// Ends the socket at once, bypassing all faults.
    ///
    /// - Parameter reset: whether with a RST instead of a FIN.
    func close(reset: Bool) {
        guard let context else { return }
        if reset { Self.makeResetting(context.channel) }
        context.close(mode: .all, promise: nil)
    }

    /// Makes a close send a RST from now on (SO_LINGER with 0 s).
    static func makeResetting(_ channel: any Channel) {
        guard let options = channel as? any SocketOptionProvider else {
            preconditionFailure("a TCP channel of NIOPosix has socket options")
        }
        // A socket that is already closed has nothing left to reset.
        _ = options.setSoLinger(linger(l_onoff: 1, l_linger: 0))
    }

    private func closeOutputWhenWritten() {
        guard pending == 0, let promise = halfClose, let context else { return }
        halfClose = nil
        context.close(mode: .output, promise: promise)
    }
}
