import Clocks
import LWS
import TransportCore

/// One request on a connection of its own, with its answer.
final class RawExchange {
    private(set) var status: Int?
    private(set) var fields: [RawField] = []
    /// The content of the answer, or what came over a WebSocket.
    private(set) var content: [UInt8] = []
    private(set) var isComplete = false
    /// HTTP/2 ended the stream with an error.
    private(set) var isReset = false
    /// The peer has closed the connection.
    private(set) var hasEnded = false
    /// Every byte that came, before it was interpreted.
    private(set) var received: [UInt8] = []

    private let socket: RawSocket
    private var carrier: any RawCarrier
    private let clock = MonotonicClock()

    /// Connects and sends.
    /// - Throws: `LWSError` where no connection can be made: the server under study is gone.
    init(_ request: RawRequest, to endpoint: Endpoint, _ version: ProtocolVersion, tls: RawTLS?) throws {
        let isPriorKnowledge = version == .h2 && !endpoint.tls
        socket = try RawSocket(
            host: endpoint.host, port: isPriorKnowledge ? endpoint.h2cPort ?? endpoint.port : endpoint.port, tls: tls,
            applicationProtocol: version == .h2 ? "h2" : "http/1.1")
        carrier = version == .h2 ? HTTP2Carrier() : HTTP1Carrier()
        socket.send(
            carrier.request(
                request, authority: "\(endpoint.host):\(endpoint.port)", scheme: endpoint.tls ? "https" : "http"))
    }

    subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    var text: String { String(decoding: content, as: UTF8.self) }

    func send(_ bytes: [UInt8]) { socket.send(carrier.content(bytes)) }

    /// Reads until the condition holds. Returns false where the answer ends before, or the time passes.
    func read(within bound: Duration, until condition: (RawExchange) -> Bool) -> Bool {
        let deadline = clock.now.advanced(by: bound)
        while !condition(self) {
            guard !isOver, clock.now < deadline else { return false }
            switch socket.receive(within: clock.now.duration(to: deadline)) {
            case .bytes(let bytes): take(bytes)
            case .end: hasEnded = true
            case .nothing: break
            }
        }
        return true
    }

    var isOver: Bool { isComplete || isReset || hasEnded }

    private func take(_ bytes: [UInt8]) {
        received += bytes
        for event in carrier.receive(bytes) {
            switch event {
            case .header(let status, let fields): (self.status, self.fields) = (status, fields)
            case .content(let bytes): content += bytes
            case .complete: isComplete = true
            case .reset: isReset = true
            case .reply(let bytes): socket.send(bytes)
            }
        }
    }
}
