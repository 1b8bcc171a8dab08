import LWS
import OrderUpdates
import TransportCore
import Transports

/// One stream of lines on the client's side: finds the lines in the bytes, and what they say.
final class LineConnection: ClientExchangeHandler, ClientWebSocketHandler {
    /// Longer than any update; a line without an end must not fill the memory.
    private static let longestLine = 1024 * 1024

    private let id: ConnectionID
    private let handler: any ConnectionHandler
    private let forget: () -> Void
    var exchange: ClientExchange?
    var socket: ClientWebSocket?
    /// The line of which only a part has come.
    private var partial: [UInt8] = []
    private var hasEnded = false

    init(_ id: ConnectionID, _ handler: any ConnectionHandler, forget: @escaping () -> Void) {
        self.id = id
        self.handler = handler
        self.forget = forget
    }

    /// Ends the connection, once; the handler hears why, last.
    func end(_ cause: ClosedCause) {
        guard !hasEnded else { return }
        hasEnded = true
        exchange?.cancel()
        socket?.close()
        withExtendedLifetime(self) {
            forget()
            handler.connection(id, .closed(cause))
        }
    }

    // MARK: The exchange

    func exchange(_ exchange: ClientExchange, began response: ClientResponse) {
        self.exchange = exchange
        if response.status == 200 {
            handler.connection(id, .connected)
            handler.connection(id, .opened)
        } else {
            end(.refused(status: response.status, retryAfter: response.retryAfter))
        }
    }

    func exchange(_ exchange: ClientExchange, received bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while !hasEnded, let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest[..<newline]
            rest = rest[(newline + 1)...]
            if partial.isEmpty {
                receive(UnsafeRawBufferPointer(rebasing: line))
            } else {
                partial += line
                let whole = partial
                partial = []
                whole.withUnsafeBytes { receive($0) }
            }
        }
        partial += rest
        if partial.count > Self.longestLine { end(.failed("a line of more than \(Self.longestLine) bytes")) }
    }

    func exchange(_ exchange: ClientExchange, ended isComplete: Bool) {
        end(.ended)
    }

    func exchange(_ exchange: ClientExchange, failed cause: String) {
        end(.failed(cause))
    }

    // MARK: The WebSocket

    func webSocket(_ socket: ClientWebSocket, _ event: ClientWebSocketEvent) {
        guard !hasEnded else { return }
        switch event {
        case .connected: handler.connection(id, .connected)
        case .opened: handler.connection(id, .opened)
        case .refused(let response): end(.refused(status: response.status, retryAfter: response.retryAfter))
        // Without the newline.
        case .message(let line, _): receive(UnsafeRawBufferPointer(rebasing: line.dropLast()))
        case .ping: handler.connection(id, .heartbeat)
        case .pong: break
        case .closed(let code, let reason): end(code.map { .reason(CloseReason(code: $0, reason: reason)) } ?? .ended)
        case .ended: end(.ended)
        case .failed(let cause): end(.failed(cause))
        }
    }

    // MARK: Lines

    private func receive(_ line: UnsafeRawBufferPointer) {
        let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
        let words = fields.map { String(decoding: $0.prefix(256), as: UTF8.self) }
        switch (words[0], words.count) {
        case ("update", 3):
            handler.connection(
                id, .update(position: StreamPosition(words[1]), payload: UnsafeRawBufferPointer(rebasing: fields[2])))
        case ("snapshot", 3):
            handler.connection(
                id, .snapshot(position: StreamPosition(words[1]), payload: UnsafeRawBufferPointer(rebasing: fields[2])))
        case ("lost", 2):
            handler.connection(id, .positionLost(order: OrderID(words[1])))
        case ("heartbeat", 1):
            handler.connection(id, .heartbeat)
        case ("close", 3):
            close(code: words[1], words[2].split(separator: " "))
        default:
            end(.failed("a line that is none of ours: \(words[0].prefix(40))"))
        }
    }

    private func close(code: String, _ rest: [Substring]) {
        guard rest.count == 3, let code = UInt16(code), let delay = Int(rest[2]) else {
            return end(.failed("a close that is none of ours"))
        }
        end(
            .reason(
                CloseReason(
                    code: code, name: String(rest[0]), reconnect: rest[1] == "true",
                    delayMilliseconds: delay > 0 ? delay : nil)))
    }
}
