import NIOCore
import NIOPosix

/// A client's connection through the proxy, with the connection to the server that belongs to it.
///
/// Confined to the proxy's event loop.
package final class ProxiedConnection {
    package enum Side: Sendable {
        case client, server
        var other: Side { self == .client ? .server : .client }
    }

    package enum Phase: String, Codable, Sendable {
        /// Accepted, and delayed by a fault.
        case opening
        case connecting
        /// Carries bytes, or is answered by the proxy.
        case open
        /// The proxy has ended it, and waits for the peers to end it too.
        case closing
        case closed
    }

    /// How long the peers may take to end a connection that the proxy has ended.
    private static let patience = TimeAmount.seconds(2)

    /// Counted from 1, in the order of accepting.
    package let id: Int
    /// CLOCK_MONOTONIC, nanoseconds.
    package let openedAt: Int64
    package private(set) var phase = Phase.opening
    /// Its channel is active, and the active faults are installed. No fault begins on it before that, because it
    /// would get that fault twice, and lose it only once.
    private(set) var hasOpened = false
    private unowned let core: ProxyCore
    private let client: any Channel
    private var server: (any Channel)?
    private let clientEdge = SocketEdge()
    private let serverEdge = SocketEdge()
    private lazy var clientRelay = Relay(.client, of: self)
    private lazy var serverRelay = Relay(.server, of: self)
    private var hasEndedOutput: (client: Bool, server: Bool) = (false, false)
    /// In the order in which the faults began.
    private var faults: [(fault: ActiveFault, handlers: FaultHandlers)] = []
    /// The fault that the log names as the one that delays the connection.
    private var holder: ActiveFault?
    private var delay: Scheduled<Void>?
    private var hasWaited = false
    private var requests = HTTPMessageScanner(.request)
    private var responses = HTTPMessageScanner(.response)

    init(_ client: any Channel, id: Int, openedAt: Int64, core: ProxyCore) {
        self.client = client
        self.id = id
        self.openedAt = openedAt
        self.core = core
    }

    // MARK: What faults may ask and do

    /// No byte has passed yet.
    package var isFresh: Bool { clientEdge.received == 0 && serverEdge.received == 0 }
    /// The connection to the server has not been started yet.
    var isOpening: Bool { phase == .opening }

    /// The scanner's state at the client's next bytes.
    var requestScanner: HTTPMessageScanner { requests }
    /// The scanner's state at the server's next bytes.
    var responseScanner: HTTPMessageScanner { responses }

    package func log(_ event: FaultLog.Event, by fault: ActiveFault) { core.note(event, fault, connection: id) }

    /// Sends RST to both peers at once; what a socket has not sent is lost.
    package func reset() {
        guard phase != .closed, phase != .closing else { return }
        beginClosing()
        for edge in [clientEdge, serverEdge] { edge.close(reset: true) }
        closeIfDone()
    }

    /// Sends FIN to both peers after the bytes that were written, and discards what they still send.
    ///
    /// The FIN passes the same handlers as the bytes: a fault that holds those back holds it back as well.
    package func finish() {
        guard phase != .closed, phase != .closing else { return }
        beginClosing()
        for relay in [clientRelay, serverRelay] { relay.discard() }
        for (channel, edge) in [(client, clientEdge), (server, serverEdge)] {
            guard let channel else { continue }
            let ended = core.eventLoop.makePromise(of: Void.self)
            ended.futureResult.assumeIsolated().whenComplete { _ in
                self.core.eventLoop.assumeIsolated().scheduleTask(in: Self.patience) { edge.close(reset: false) }
            }
            channel.close(mode: .output, promise: ended)
        }
        closeIfDone()
    }

    /// Sends FIN to one peer, and discards what the other still sends to it. The other peer is not told.
    package func halfClose(_ side: Side) {
        guard phase == .open else { return }
        (side == .client ? serverRelay : clientRelay).discard()
        endOutput(of: side)
    }

    /// A closure with which a fault ends the connection at a certain byte.
    func cut(by fault: ActiveFault, reset: Bool) -> () -> Void {
        {
            self.log(reset ? .reset : .finished, by: fault)
            if reset { self.reset() } else { self.finish() }
        }
    }

    // MARK: Its course

    /// Prepares the client's channel before it is active. `open` follows once it is.
    func prepare() throws {
        try client.pipeline.syncOperations.addHandlers(clientEdge, clientRelay)
    }

    /// Installs the active faults, and connects to the server unless a fault prevents it.
    func open() {
        hasOpened = true
        for fault in core.activeFaults where fault.touches(id) { begin(fault) }
        proceed()
    }

    func begin(_ fault: ActiveFault) {
        guard phase != .closing, phase != .closed else { return }
        let handlers = fault.fault.handlers(on: self, fault)
        faults.append((fault, handlers))
        add(handlers.client, to: client, before: clientRelay)
        if let server { add(handlers.server, to: server, before: serverRelay) }
    }

    func end(_ fault: ActiveFault) {
        guard let index = faults.firstIndex(where: { $0.fault === fault }) else { return }
        let handlers = faults.remove(at: index).handlers
        remove(handlers.client, from: client)
        remove(handlers.server, from: server)
        if phase == .opening || (phase == .open && server == nil) { proceed() }
    }

    /// Whether the end of a peer has not been noticed yet.
    package func isOpenTo(_ side: Side) -> Bool {
        side == .client ? client.isActive && !clientRelay.hasEnded : server?.isActive == true && !serverRelay.hasEnded
    }

    package var faultIDs: [Int] { faults.map(\.fault.id) }
    /// The bytes that each socket has received and was given to send. The difference is held back.
    package var bytes: (fromClient: Int, toServer: Int, fromServer: Int, toClient: Int) {
        (clientEdge.received, serverEdge.sent, serverEdge.received, clientEdge.sent)
    }

    private func proceed() {
        delay?.cancel()
        delay = nil
        var longest = TimeAmount.zero
        var isConnected = true
        for (fault, _) in faults {
            switch fault.fault.opening() {
            case .held: return hold(by: fault)
            case .unconnected: isConnected = false
            case .delayed(let time): longest = max(longest, time)
            case nil: break
            }
        }
        if longest > .zero, !hasWaited {
            delay = core.eventLoop.assumeIsolated().scheduleTask(in: longest) {
                self.hasWaited = true
                self.proceed()
            }
            return
        }
        guard isConnected else {
            phase = .open
            return clientRelay.read()
        }
        connect()
    }

    private func hold(by fault: ActiveFault) {
        guard holder !== fault else { return }
        holder = fault
        log(.held, by: fault)
    }

    private func connect() {
        phase = .connecting
        core.connect { channel in
            try channel.pipeline.syncOperations.addHandlers(self.serverEdge, self.serverRelay)
        } whenDone: { result in
            switch result {
            case .success(let channel): self.join(channel)
            case .failure:
                guard self.phase == .connecting else { return }
                self.core.note(.unreachable, nil, connection: self.id)
                self.reset()
            }
        }
    }

    private func join(_ channel: any Channel) {
        server = channel
        guard phase == .connecting else {
            // The client has gone meanwhile.
            serverEdge.close(reset: true)
            return
        }
        phase = .open
        for entry in faults { add(entry.handlers.server, to: channel, before: serverRelay) }
        clientRelay.carry(to: channel)
        serverRelay.carry(to: client)
    }

    /// The client has sent something that no fault answers.
    func wantServer() {
        guard phase == .open, server == nil else { return }
        connect()
    }

    /// Moves the scanners on, so that they stand at the bytes that faults will see next.
    func follow(_ buffer: ByteBuffer, from side: Side) {
        switch side {
        case .client: requests.skip(buffer)
        case .server:
            responses.skip(buffer)
            if responses.status == 101, !requests.isOther { requests.leaveHTTP() }
        }
    }

    /// Passes the FIN of one peer to the other, through the faults.
    func endOutput(of side: Side) {
        switch side {
        case .client:
            hasEndedOutput.client = true
            client.close(mode: .output, promise: nil)
        case .server:
            hasEndedOutput.server = true
            server?.close(mode: .output, promise: nil)
        }
    }

    func sideClosed(_ side: Side, failed: Bool) {
        defer { closeIfDone() }
        guard phase == .open || phase == .connecting || phase == .opening else { return }
        let isSecond = side == .client ? hasEndedOutput.client : hasEndedOutput.server
        let other = side == .client ? server : client
        guard let other, other.isActive else {
            if side == .client { beginClosing() }
            return
        }
        // A channel that has sent its FIN is closed by its peer's FIN; any other end is a RST.
        if isSecond, !failed {
            endOutput(of: side.other)
        } else {
            SocketEdge.makeResetting(other)
            other.close(mode: .all, promise: nil)
        }
    }

    private func beginClosing() {
        phase = .closing
        delay?.cancel()
        delay = nil
    }

    private func closeIfDone() {
        guard phase != .closed, !client.isActive, server?.isActive != true else { return }
        phase = .closed
        // The handlers keep references to this connection.
        faults = []
        core.remove(self)
    }

    private func add(_ handler: FaultHandlers.Handler?, to channel: any Channel, before relay: Relay) {
        guard let handler, channel.isActive else { return }
        // Right behind the relay, so that it sees bytes before the faults that began earlier.
        do {
            try channel.pipeline.syncOperations.addHandler(handler, position: .before(relay))
        } catch {
            preconditionFailure("a relay stays in its channel's pipeline while that is active: \(error)")
        }
    }

    private func remove(_ handler: FaultHandlers.Handler?, from channel: (any Channel)?) {
        guard let handler, let channel, channel.isActive else { return }
        channel.pipeline.syncOperations.removeHandler(handler, promise: nil)
    }
}
