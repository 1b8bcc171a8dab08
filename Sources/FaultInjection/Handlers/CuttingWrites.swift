import NIOCore

/// Lets a number of bytes pass, and then ends the connection.
final class CuttingWrites: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = ByteBuffer

    /// Which bytes count.
    enum Measure: Sendable {
        /// All bytes outside heads: bodies with their chunk sizes, frames, TLS records.
        case body
        /// The head of the first response. The connection is cut at its end at the latest.
        case head
    }

    private let measure: Measure
    private var left: Int
    private var scanner: HTTPMessageScanner
    private let cut: () -> Void
    private var isCut = false

    /// - Parameters:
    ///   - scanner: its state is that at the beginning of the next write.
    ///   - cut: ends the connection; called once the bytes that may pass have been written.
    init(
        after count: Int, of measure: Measure, _ scanner: HTTPMessageScanner, cut: @escaping () -> Void
    ) {
        left = count
        self.measure = measure
        self.scanner = scanner
        self.cut = cut
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isCut else {
            promise?.succeed()
            return
        }
        var buffer = Self.unwrapOutboundIn(data)
        guard let passing = measured(buffer), let piece = buffer.readSlice(length: passing) else {
            return context.write(data, promise: promise)
        }
        isCut = true
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in
            promise?.succeed()
            self.cut()
        }
        context.writeAndFlush(NIOAny(piece), promise: written)
    }

    /// How many bytes of the buffer pass before the cut; nil where all do.
    private func measured(_ buffer: ByteBuffer) -> Int? {
        var bytes = buffer.readableBytesView
        var passed = 0
        while let span = scanner.next(&bytes) {
            guard (span.part == .head) == (measure == .head) else {
                // Without a head there is nothing to cut.
                if measure == .head { return passed }
                passed += span.count
                continue
            }
            if span.count >= left || (measure == .head && span.endsHead) { return passed + min(left, span.count) }
            left -= span.count
            passed += span.count
        }
        return nil
    }
}
