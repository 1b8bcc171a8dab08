import NIOCore

/// Carries bytes from one socket to the other, at most a window ahead of what the other has taken. So a fault that
/// holds bytes back makes the sender wait, as a network does.
final class Relay: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// The maximum number of bytes on their way in one direction of a connection. A socket whose peer has ended it is
    /// read to its end even so.
    static let window = 256 * 1024

    private let side: ProxiedConnection.Side
    private unowned let connection: ProxiedConnection
    private var context: ChannelHandlerContext?
    private var destination: (any Channel)?
    /// Bytes that came before there was a destination. A socket whose peer has ended it is read to its end.
    private var early: [ByteBuffer] = []
    private var inFlight = 0
    /// The peer has sent its FIN.
    private(set) var hasEnded = false
    private var hasFailed = false
    private var isDiscarding = false
    private var isReading = false

    init(_ side: ProxiedConnection.Side, of connection: ProxiedConnection) {
        self.side = side
        self.connection = connection
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Begins to read, and to carry what is read to the channel.
    func carry(to channel: any Channel) {
        destination = channel
        let waiting = early
        early = []
        waiting.forEach(forward)
        if !waiting.isEmpty { channel.flush() }
        if hasEnded { endOutput() }
        isReading = true
        readIfRoom()
    }

    /// Begins to read, for a handler that answers.
    func read() {
        isReading = true
        readIfRoom()
    }

    /// Discards what comes from now on, because the connection is about to end.
    func discard() {
        isDiscarding = true
        isReading = true
        inFlight = 0
        readIfRoom()
    }

    func channelActive(context: ChannelHandlerContext) {
        if side == .client { connection.open() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDiscarding else { return }
        let buffer = Self.unwrapInboundIn(data)
        connection.follow(buffer, from: side)
        guard destination == nil else { return forward(buffer) }
        early.append(buffer)
        isReading = false
        connection.wantServer()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        destination?.flush()
        readIfRoom()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else { return context.fireUserInboundEventTriggered(event) }
        hasEnded = true
        if destination != nil, !isDiscarding { endOutput() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The end of the channel follows.
        hasFailed = true
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection.sideClosed(side, failed: hasFailed)
    }

    private func endOutput() { connection.endOutput(of: side.other) }

    private func forward(_ buffer: ByteBuffer) {
        guard let destination else { return }
        let count = buffer.readableBytes
        inFlight += count
        let written = destination.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in
            guard !self.isDiscarding else { return }
            self.inFlight -= count
            self.readIfRoom()
        }
        destination.write(buffer, promise: written)
    }

    private func readIfRoom() {
        guard isReading, inFlight < Self.window else { return }
        context?.read()
    }
}
