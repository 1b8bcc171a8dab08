import Clocks
import FoundationEssentials
import LWS
import Synchronization

/// Sends numbered commands over a WebSocket and receives their answers, as the DevTools protocol and WebDriver BiDi both do.
///
/// Events of the browser are ignored. Any task may call it; a cancelled task stops waiting.
package final class BrowserLink: Sendable {
    /// The maximum size of a message in bytes. A page may return long texts.
    private static let messageLimit = 256 << 20

    /// The browser's name in errors.
    private let name: String
    /// The bound of a command that has none of its own.
    private let patience: Duration
    private let pending = PendingReplies()
    private let socket: Socket
    private let loop: EventLoop

    /// Connects.
    ///
    /// - Parameter patience: the time until the connection is open, and then for each answer.
    /// - Throws: `BrowserError` where nobody answers in time, `LWSError` where there is no loop.
    init(to address: String, of name: String, within patience: Duration) async throws {
        let url: HTTPURL
        do {
            url = try HTTPURL(address)
        } catch {
            throw BrowserError(.notStarted, "\(name) says that it listens at '\(address)', which is no URL: \(error)")
        }
        self.name = name
        self.patience = patience
        let socket = Socket(pending)
        self.socket = socket
        loop = try EventLoop(name: "browser") { socket.client = try $0.connectsToServers() }
        var request = ClientRequest(host: url.host, port: url.port, path: url.path)
        request.deadline = patience
        do {
            _ = try await exchange("to connect", within: patience) { [request] socket, number in
                socket.open(request, number, messageLimit: Self.messageLimit)
            }
        } catch {
            await close()
            throw (error as? BrowserError).map { BrowserError(.notStarted, $0.message) } ?? error
        }
    }

    /// Sends a command and waits for its answer.
    ///
    /// - Parameters:
    ///   - session: the DevTools session of a page; nil for the browser itself.
    ///   - bound: nil for the link's patience.
    /// - Throws: `BrowserError` where it is refused, or not answered within the bound.
    func send(
        _ method: String, _ parameters: JSONValue = [:], session: String? = nil, within bound: Duration? = nil
    ) async throws -> JSONValue {
        try await exchange(method, within: bound ?? patience) { socket, number in
            var command: [String: JSONValue] = [
                "id": .number(Double(number)), "method": .text(method), "params": parameters,
            ]
            if let session { command["sessionId"] = .text(session) }
            socket.send(.object(command), number)
        }
    }

    /// Ends the connection and the thread; pending commands fail.
    package func close() async {
        pending.end("the connection was ended here")
        loop.submit { [socket] _ in socket.close() }
        await loop.end()
    }

    private func exchange(
        _ what: String, within bound: Duration, _ send: @escaping @Sendable (Socket, Int) -> Void
    ) async throws -> JSONValue {
        let number = pending.takeNumber()
        do {
            return try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    guard pending.add(number, continuation) else { return }
                    loop.submit { [pending, socket] _ in
                        socket.client?.timers.schedule(after: bound) {
                            pending.resolve(number, .failure(PendingReplies.Failure.late))
                        }
                        send(socket, number)
                    }
                }
            } onCancel: {
                pending.resolve(number, .failure(CancellationError()))
            }
        } catch PendingReplies.Failure.late {
            throw BrowserError(.timeout, "\(name) did not answer within \(bound.seconds) s: \(what)")
        } catch PendingReplies.Failure.refused(let cause) {
            throw BrowserError(.failed, "\(name): \(what): \(cause)")
        }
    }

    /// The WebSocket, confined to the loop's thread.
    private final class Socket: ClientWebSocketHandler, @unchecked Sendable {
        // Set before the loop's thread is shared.
        var client: ClientLoop?
        private var socket: ClientWebSocket?
        /// The number of the command that waits for the connection.
        private var opening = 0
        private let pending: PendingReplies

        private struct Message: Decodable {
            /// Nil in events.
            var id: Int?
            var result: JSONValue?
            /// DevTools sends an object that has a message; BiDi sends a code, and the message as another member.
            var error: JSONValue?
            var message: String?
        }

        init(_ pending: PendingReplies) { self.pending = pending }

        func open(_ request: ClientRequest, _ number: Int, messageLimit: Int) {
            opening = number
            socket = client?.openWebSocket(request, messageLimit: messageLimit, handler: self)
        }

        func send(_ command: JSONValue, _ number: Int) {
            do {
                socket?.send(try command.json)
            } catch {
                pending.resolve(number, .failure(error))
            }
        }

        func close() {
            socket?.cancel()
            (socket, client) = (nil, nil)
        }

        func webSocket(_ socket: ClientWebSocket, _ event: ClientWebSocketEvent) {
            switch event {
            case .connected, .ping, .pong: break
            case .opened: pending.resolve(opening, .success(.null))
            case .message(let bytes, _): take(bytes)
            case .closed(_, let reason): pending.end("it closed its connection\(reason.isEmpty ? "" : ": \(reason)")")
            case .ended: pending.end("its connection ended")
            case .refused(let response): pending.end("it answered the handshake with \(response.status)")
            case .failed(let cause): pending.end(cause)
            }
        }

        private func take(_ bytes: UnsafeRawBufferPointer) {
            guard let message = try? JSONDecoder().decode(Message.self, from: Data(bytes)), let number = message.id
            else { return }
            guard let error = message.error else {
                return pending.resolve(number, .success(message.result ?? .null))
            }
            let cause = message.message ?? error["message"]?.text ?? error.text ?? "it gave no reason"
            pending.resolve(number, .failure(PendingReplies.Failure.refused(cause)))
        }
    }
}
