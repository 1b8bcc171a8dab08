import LWS
import TransportCore

/// HTTP/2 to the byte, as a test's client (RFC 9113).
final class RawHTTP2 {
    struct Frame: Equatable {
        /// The number of its type (section 6).
        var kind: UInt8
        var flags: UInt8 = 0
        var stream: UInt8 = 0
        var payload: [UInt8] = []

        static let ping = Frame(kind: 6, payload: [UInt8](repeating: 7, count: 8))

        /// A request for a path without a body, on a stream.
        static func get(_ path: String, stream: UInt8) -> Frame {
            // Indexed, and literals with an indexed name (RFC 7541, section 6).
            let fields =
                [0x82, 0x86, 0x04, UInt8(path.utf8.count)] + Array(path.utf8) + [0x01, 4] + Array("test".utf8)
            return Frame(kind: 1, flags: 5, stream: stream, payload: fields)
        }

        /// The beginning of a head without a body, on the first stream.
        static func headers(_ fields: ArraySlice<UInt8>, endsHead: Bool) -> Frame {
            Frame(kind: 1, flags: endsHead ? 5 : 1, stream: 1, payload: Array(fields))
        }

        /// The rest of it.
        static func continuation(_ fields: ArraySlice<UInt8>) -> Frame {
            Frame(kind: 9, flags: 4, stream: 1, payload: Array(fields))
        }
    }

    private let socket: RawSocket
    private var received: [UInt8] = []

    /// Connects, and sends what a connection begins with: the preface and SETTINGS without an entry (section 3.4).
    /// - Parameter authority: PEM file of the authority of the server's certificate; nil is without TLS, at the port for that.
    init(_ endpoint: Endpoint, authority: String?) throws {
        socket = try RawSocket(
            host: endpoint.host, port: authority == nil ? endpoint.h2cPort ?? endpoint.port : endpoint.port,
            tls: try authority.map { try RawTLS(authority: $0) }, applicationProtocol: "h2")
        socket.send(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0])
    }

    func send(_ frame: Frame) {
        precondition(frame.payload.count < 256)
        socket.send(
            [0, 0, UInt8(frame.payload.count), frame.kind, frame.flags, 0, 0, 0, frame.stream] + frame.payload)
    }

    /// The next frame of a type; nil where the connection ends, or says nothing for so long, before one comes.
    func next(_ kind: UInt8, within bound: Duration = .seconds(20)) -> Frame? {
        while true {
            if received.count >= 9 {
                let end = 9 + Int(received[0]) << 16 + Int(received[1]) << 8 + Int(received[2])
                if received.count >= end {
                    let frame = Frame(
                        kind: received[3], flags: received[4], stream: received[8], payload: Array(received[9..<end]))
                    received.removeFirst(end)
                    if frame.kind == kind { return frame }
                    continue
                }
            }
            guard case .bytes(let bytes) = socket.receive(within: bound) else { return nil }
            received += bytes
        }
    }

    /// Whether the server has ended the connection, or does so in time.
    func hasEnded(within bound: Duration = .seconds(20)) -> Bool {
        while true {
            switch socket.receive(within: bound) {
            case .bytes: continue
            case .end: return true
            case .nothing: return false
            }
        }
    }
}
