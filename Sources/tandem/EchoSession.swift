import LWS

/// The dialogue with an Autobahn fuzzing server: ask how many cases there are, run each of them, and ask for the
/// reports. Confined to its loop's thread.
///
/// A case may end in any way, because most of them break the protocol. The server judges whether it ended correctly.
/// The session fails only where the dialogue itself cannot continue.
final class EchoSession: ClientWebSocketHandler {
    typealias Outcome = Result<Int, CommandFailure>

    private enum Step: Equatable {
        case counting
        case echoing(Int)
        case reporting
    }

    /// The suite's largest message has 16 MiB.
    private static let messageLimit = 32 * 1024 * 1024

    private let address: ServerAddress
    private let agent: String
    private let loop: ClientLoop
    private let completion: (Outcome) -> Void
    private var step = Step.counting
    private var count: Int?
    /// Whether the current WebSocket has been open.
    private var hasOpened = false
    /// Keeps the session alive until the completion, because WebSockets reference their handler weakly.
    private var whileRunning: EchoSession?

    init(_ address: ServerAddress, agent: String, loop: ClientLoop, completion: @escaping (Outcome) -> Void) {
        self.address = address
        self.agent = agent
        self.loop = loop
        self.completion = completion
    }

    /// Begins. The completion is called once, with the number of cases.
    func begin() {
        whileRunning = self
        open()
    }

    private var path: String {
        switch step {
        case .counting: "/getCaseCount"
        case .echoing(let number): "/runCase?case=\(number)&agent=\(agent)"
        case .reporting: "/updateReports?agent=\(agent)"
        }
    }

    private func open() {
        hasOpened = false
        var request = ClientRequest(host: address.host, port: address.port, path: path)
        request.tls = address.tls
        loop.openWebSocket(request, messageLimit: Self.messageLimit, offersDeflate: true, handler: self)
    }

    func webSocket(_ socket: ClientWebSocket, _ event: ClientWebSocketEvent) {
        switch event {
        case .opened:
            hasOpened = true
        case .connected, .ping, .pong:
            break
        case .message(let bytes, let isText):
            switch step {
            case .counting: count = Int(String(decoding: bytes, as: UTF8.self))
            case .echoing: socket.send(bytes, isText: isText)
            case .reporting: break
            }
        case .closed, .ended:
            goOn()
        case .refused(let response):
            end(.failure(failure("it answered the handshake with \(response.status)")))
        case .failed(let cause):
            // A broken protocol may be the point of a case. Without a handshake there was no case.
            if case .echoing = step, hasOpened { goOn() } else { end(.failure(failure(cause))) }
        }
    }

    private func goOn() {
        switch step {
        case .counting:
            guard let count else { return end(.failure(failure("it did not tell how many cases there are"))) }
            step = count > 0 ? .echoing(1) : .reporting
        case .echoing(let number):
            step = number < count ?? 0 ? .echoing(number + 1) : .reporting
        case .reporting:
            return end(.success(count ?? 0))
        }
        // The connection that has just ended is still being closed.
        loop.timers.schedule(after: .zero) { [weak self] in self?.open() }
    }

    private func end(_ outcome: Outcome) {
        guard let session = whileRunning else { return }
        whileRunning = nil
        session.completion(outcome)
    }

    private func failure(_ cause: String) -> CommandFailure {
        CommandFailure(
            .unsound,
            "\(path) of the fuzzing server at \(address.host):\(address.port): \(cause). Is it an Autobahn fuzzing server?"
        )
    }
}
