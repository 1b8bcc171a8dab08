import FoundationEssentials
import NIOCore
import NIOHTTP1

/// One connection to the HTTP interface: a request at a time, with a bounded body.
final class ControlHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// Bytes of a request's body: some thousand steps of a plan.
    static let bodyLimit = 1 << 20

    private let routes: ControlRoutes
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()
    private var isTooLong = false

    private init(_ core: ProxyCore) { routes = ControlRoutes(core) }

    static func install(in channel: any Channel, _ core: ProxyCore) throws {
        try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
        try channel.pipeline.syncOperations.addHandler(ControlHandler(core))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.clear()
            isTooLong = false
            if Self.waits(head) {
                let goOn = HTTPResponseHead(version: head.version, status: .continue)
                context.writeAndFlush(Self.wrapOutboundOut(.head(goOn)), promise: nil)
            }
        case .body(let part):
            isTooLong = isTooLong || body.readableBytes + part.readableBytes > Self.bodyLimit
            if !isTooLong { body.writeImmutableBuffer(part) }
        case .end:
            guard let head else { return }
            self.head = nil
            let answer =
                isTooLong
                ? ControlAnswer(.payloadTooLarge, "the body is longer than \(Self.bodyLimit) bytes")
                : routes.answer(head, body: Data(body.readableBytesView))
            send(answer, to: head, context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// Whether the client sends its body once it is told to (RFC 9110, section 10.1.1).
    private static func waits(_ head: HTTPRequestHead) -> Bool {
        head.version == .http1_1 && head.headers[canonicalForm: "Expect"].contains { $0.lowercased() == "100-continue" }
    }

    private func send(_ answer: ControlAnswer, to request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        var head = HTTPResponseHead(version: request.version, status: answer.status)
        if answer.status != .noContent { head.headers.add(name: "Content-Length", value: "\(answer.body.count)") }
        head.headers.add(name: "Cache-Control", value: "no-store")
        if !answer.body.isEmpty { head.headers.add(name: "Content-Type", value: "application/json") }
        if let methods = answer.allowed { head.headers.add(name: "Allow", value: methods) }
        if !request.isKeepAlive { head.headers.add(name: "Connection", value: "close") }
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        if !answer.body.isEmpty, request.method != .HEAD {
            context.write(Self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
        }
        let sent = context.eventLoop.makePromise(of: Void.self)
        if !request.isKeepAlive {
            sent.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        }
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: sent)
    }
}
