import FoundationEssentials
import LWS
import NIOCore
import NIOHTTP1

/// One connection to the HTTP interface. It has one request at a time, with a limit on the body.
final class ControlHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// The maximum length of a request's body in bytes: enough for some thousand steps of a plan.
    static let bodyLimit = 1 << 20

    private let routes: ControlRoutes
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()
    /// A request was refused before its end. Nothing after it is read.
    private var isRefused = false
    private weak var intake: ControlIntake?
    private var context: ChannelHandlerContext?

    private init(_ core: ProxyCore) { routes = ControlRoutes(core) }

    static func install(in channel: any Channel, _ core: ProxyCore) throws {
        let pipeline = channel.pipeline.syncOperations
        let handler = ControlHandler(core)
        let intake = ControlIntake(handler)
        handler.intake = intake
        // A client that sends requests and does not read the answers is not read either.
        try pipeline.addHandlers([BackPressureHandler(), intake])
        try pipeline.configureHTTPServerPipeline(withErrorHandling: false)
        try pipeline.addHandler(handler)
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        switch Self.unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.clear()
            intake?.begin(context)
            switch Self.judge(head) {
            case .success(let isAwaited):
                guard isAwaited else { return }
                let goOn = HTTPResponseHead(version: head.version, status: .continue)
                context.writeAndFlush(Self.wrapOutboundOut(.head(goOn)), promise: nil)
            case .failure(let refusal):
                refuse(refusal.answer, context)
            }
        case .body(let part):
            guard body.readableBytes + part.readableBytes <= Self.bodyLimit else {
                return refuse(Self.tooLong, context)
            }
            body.writeImmutableBuffer(part)
        case .end:
            guard let head else { return }
            self.head = nil
            intake?.requestEnds()
            send(routes.answer(head, body: Data(body.readableBytesView)), to: head, context)
        }
    }

    /// After an error of its parser NIO closes the connection.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError else { return context.close(promise: nil) }
        // What follows a refusal may be anything, and its connection ends soon.
        guard !isRefused else { return }
        refuse(ControlAnswer(.badRequest, "the request is not as HTTP/1.1 has it (\(error)): see RFC 9112"), context)
    }

    private struct Rejection: Error {
        var answer: ControlAnswer
    }

    private static var tooLong: ControlAnswer {
        ControlAnswer(.payloadTooLarge, "the body is longer than \(bodyLimit) bytes")
    }

    /// Applies the server's rules for heads; NIO's parser has those of framing. `ControlTarget` reads the target, and
    /// there is nothing to upgrade to. Returns whether the client waits for permission to send its body (RFC 9110,
    /// section 10.1.1).
    private static func judge(_ head: HTTPRequestHead) -> Result<Bool, Rejection> {
        var text = "\(head.method.rawValue) / \(head.version.description)\r\n"
        for (name, value) in head.headers where name.lowercased() != "upgrade" { text += "\(name): \(value)\r\n" }
        var parser = RequestHeadParser(limit: .max)
        switch parser.parse(Array((text + "\r\n").utf8)) {
        case .accepted(let judged, _):
            if case .length(let length) = judged.framing, length > bodyLimit {
                return .failure(Rejection(answer: tooLong))
            }
            return .success(judged.expectsContinue)
        case .rejected(let rejection):
            let status = HTTPResponseStatus(statusCode: rejection.rule.status)
            return .failure(Rejection(answer: ControlAnswer(status, rejection.rule.detail)))
        case .incomplete:
            return .failure(Rejection(answer: ControlAnswer(.badRequest, "the head has no end")))
        }
    }

    /// Refuses the request whose head has come. Returns false where there is none.
    func refuses(_ answer: ControlAnswer) -> Bool {
        guard head != nil, let context else { return false }
        refuse(answer, context)
        return true
    }

    private func refuse(_ answer: ControlAnswer, _ context: ChannelHandlerContext) {
        guard !isRefused else { return }
        isRefused = true
        body.clear()
        intake?.ends()
        send(answer, to: head ?? HTTPRequestHead(version: .http1_1, method: .GET, uri: "/"), context)
    }

    /// How long a client that was refused may continue to send, so that a reset does not overtake its answer.
    static let lingering = TimeAmount.seconds(2)

    private func send(_ answer: ControlAnswer, to request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        var head = HTTPResponseHead(version: request.version, status: answer.status)
        if answer.status != .noContent { head.headers.add(name: "Content-Length", value: "\(answer.body.count)") }
        head.headers.add(name: "Cache-Control", value: "no-store")
        if !answer.body.isEmpty { head.headers.add(name: "Content-Type", value: "application/json") }
        if let methods = answer.allowed { head.headers.add(name: "Allow", value: methods) }
        if isRefused || !request.isKeepAlive { head.headers.add(name: "Connection", value: "close") }
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        if !answer.body.isEmpty, request.method != .HEAD {
            context.write(Self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
        }
        let sent = context.eventLoop.makePromise(of: Void.self)
        if isRefused {
            let channel = context.channel
            sent.futureResult.assumeIsolated().whenComplete { _ in
                context.close(mode: .output, promise: nil)
                context.eventLoop.scheduleTask(in: Self.lingering) { channel.close(promise: nil) }
            }
        } else if !request.isKeepAlive {
            sent.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        }
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: sent)
    }
}
