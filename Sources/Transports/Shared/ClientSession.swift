import LWS
import TransportCore

/// One connection of a client, as its owner sees it. Confined to the loop's thread.
///
/// A subclass implements a transport. `closed` ends the session exactly once, whatever ended it.
class ClientSession {
    let id: ConnectionID
    let subscription: Subscription
    let configuration: ClientConfiguration
    unowned let loop: ClientLoop
    private var handler: (any ConnectionHandler)?
    private var forget: (() -> Void)?
    private lazy var commands = ClientCommandPoster(self)
    private lazy var tickets = ClientTicketFetcher(self)
    private(set) var isClosed = false

    init(
        _ id: ConnectionID, _ subscription: Subscription, _ configuration: ClientConfiguration, _ loop: ClientLoop,
        _ handler: any ConnectionHandler, forget: @escaping () -> Void
    ) {
        self.id = id
        self.subscription = subscription
        self.configuration = configuration
        self.loop = loop
        self.handler = handler
        self.forget = forget
    }

    // Overridden by subclasses.

    func begin() {}
    /// Ends the connection without telling the handler.
    func disconnect() {}
    func setReading(_ reads: Bool) {}
    func send(_ command: ClientCommand) { commands.post(command) }
    func renew(with token: String) {}

    // Called by subclasses.

    final func emit(_ event: ConnectionEvent) {
        handler?.connection(id, event)
    }

    final func closed(_ cause: ClosedCause) {
        guard !isClosed else { return }
        isClosed = true
        disconnect()
        commands.disconnect()
        if case .tickets = subscription.credential { tickets.disconnect() }
        let last = handler
        handler = nil
        forget?()
        forget = nil
        last?.connection(id, .closed(cause))
    }

    /// Makes a request of this session. Where the endpoint does not serve its version, it closes the session and
    /// returns nil.
    /// - Parameter isUnsafe: whether the request may change something.
    final func request(_ path: String, isUnsafe: Bool = false) -> ClientRequest? {
        let endpoint = subscription.endpoint
        var port = endpoint.port
        if subscription.version == .h2, !endpoint.tls {
            guard let h2c = endpoint.h2cPort else {
                closed(.failed("the server has no port for HTTP/2 without TLS: serve with an h2c port, or over TLS"))
                return nil
            }
            port = h2c
        }
        var request = ClientRequest(host: endpoint.host, port: port, path: path)
        request.tls = endpoint.tls
        request.version = subscription.version == .h2 ? .h2 : .h1
        request.localAddress = subscription.localAddress
        request.deadline = configuration.connectDeadline
        request.headers = subscription.credential.headers(isUnsafe: isUnsafe) + subscription.headers
        if let parameter = subscription.credential.parameter {
            request.path += (path.contains("?") ? "&" : "?") + parameter
        }
        return request
    }

    /// Whether a ticket is being fetched, so that the request waits.
    final var isFetchingTicket: Bool {
        if case .tickets = subscription.credential { tickets.isFetching } else { false }
    }

    /// Passes on the request that opens the stream or polls: now, or once its ticket has come.
    final func withAdmission(
        to path: String, over transport: TransportName, _ send: @escaping (ClientRequest) -> Void
    ) {
        guard case .tickets = subscription.credential else {
            if let request = request(path) { send(request) }
            return
        }
        tickets.fetch(for: transport) { [unowned self] ticket in
            guard var request = request(path) else { return }
            request.headers.removeAll { $0.name == "authorization" }
            request.path += (path.contains("?") ? "&" : "?") + "\(Credential.ticketParameter)=\(ticket)"
            send(request)
        }
    }

    /// The path of the subscription's one order. Where the subscription has another number of orders, it closes the
    /// session and returns nil.
    final func path(of suffix: String) -> String? {
        if let path = subscription.path { return path }
        guard subscription.orders.count == 1 else {
            closed(.failed("this transport carries one order on a connection, not \(subscription.orders.count)"))
            return nil
        }
        return "/orders/\(subscription.orders[0])\(suffix)"
    }
}
