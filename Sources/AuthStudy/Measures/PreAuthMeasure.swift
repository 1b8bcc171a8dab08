import Clocks
public import ExperimentModel
import Glibc
import LWS
import Measurement
public import TransportCore

/// What a peer without a credential can hold of a server: user memory, descriptors, and for how long.
public struct PreAuthMeasure: Sendable {
    /// The server's limits for this measure. They are short, so that the measure sees them take effect.
    public struct Bounds: Sendable {
        public var headerDeadline: Duration
        public var firstMessageDeadline: Duration
        public var connections: Int
        public var unauthenticatedSockets: Int

        public init(_ limits: ServerConfiguration.Limits) {
            headerDeadline = limits.headerDeadline
            firstMessageDeadline = limits.firstMessageDeadline
            connections = limits.connections
            unauthenticatedSockets = limits.unauthenticatedSockets
        }
    }

    enum Kind: String {
        case idleTCP = "idle TCP"
        case idleTLS = "idle TLS"
        case halfHeader = "half a header"
        case silentSocket = "silent WebSocket"
    }

    let target: AuthTarget
    let pid: Int32
    let bounds: Bounds
    let patience: Duration
    private static let attempts = 4
    private static let readingInterval: Duration = .milliseconds(40)
    private static let maximumWait: Duration = .milliseconds(500)

    /// - Parameters:
    ///   - pid: the server, which has had no other connections.
    ///   - patience: the time after which a peer that is still connected is an error.
    public init(_ target: AuthTarget, pid: Int32, bounds: Bounds, patience: Duration = .seconds(20)) {
        self.target = target
        self.pid = pid
        self.bounds = bounds
        self.patience = patience
    }

    /// Holds some connections of each kind, reads what each kind costs, and waits until the server has ended them.
    /// - Throws: `StudyError` where a kind outlives its limit.
    public func measure() async throws -> [AuthSummary.PreAuth] {
        for _ in 0..<Self.attempts {
            if let costs = try await attempt() { return costs }
        }
        throw StudyError("this machine is too busy to read what connections cost before the server ends them")
    }

    /// Nil where some connections were ended before all had been read.
    private func attempt() async throws -> [AuthSummary.PreAuth]? {
        var kinds: [Kind] = target.endpoint.tls ? [.idleTCP, .idleTLS, .halfHeader] : [.idleTCP, .halfHeader]
        if target.scheme == "message" { kinds.append(.silentSocket) }
        // The first connection allocates what all later ones share.
        let warmUp = try HeldConnections(kinds.last ?? .idleTCP, count: 4, to: target)
        defer { warmUp.close() }
        try await Task.sleep(for: Self.readingInterval)
        var held: [HeldConnections] = []
        defer { for connections in held { connections.close() } }
        var costs: [AuthSummary.PreAuth] = []
        for kind in kinds {
            let before = try ResourceUsage.read(pid: pid)
            // A TLS handshake takes both ends milliseconds of processor time.
            let count = kind == .idleTCP || !target.endpoint.tls ? 96 : 24
            let connections = try HeldConnections(kind, count: count, to: target)
            held.append(connections)
            let after = try await usage(with: count, since: before)
            let bytes = (after.privateBytes ?? after.rssBytes) - (before.privateBytes ?? before.rssBytes)
            let descriptors = (after.descriptors ?? 0) - (before.descriptors ?? 0)
            costs.append(
                AuthSummary.PreAuth(
                    kind: kind.rawValue, bytes: Int(max(0, bytes)) / count,
                    descriptors: Int((Double(descriptors) / Double(count)).rounded()), seconds: 0,
                    limit: limit(of: kind)))
        }
        warmUp.look()
        for connections in held { connections.look() }
        let wereInTime = warmUp.count == 4 && held.allSatisfy { $0.longestSeconds == 0 }
        let deadline = MonotonicClock().now.advanced(by: patience)
        while held.contains(where: { $0.count > 0 }) {
            guard MonotonicClock().now < deadline else {
                throw StudyError("a peer without a credential was still connected after \(patience.seconds) s")
            }
            for connections in held { connections.look() }
            try await Task.sleep(for: .milliseconds(10))
        }
        for index in costs.indices { costs[index].seconds = held[index].longestSeconds }
        return wereInTime ? costs : nil
    }

    /// The server's usage once it has accepted this many connections.
    private func usage(with count: Int, since before: ResourceUsage) async throws -> ResourceUsage {
        let clock = MonotonicClock()
        let deadline = clock.now.advanced(by: Self.maximumWait)
        while true {
            try await Task.sleep(for: Self.readingInterval)
            let usage = try ResourceUsage.read(pid: pid)
            if (usage.descriptors ?? 0) - (before.descriptors ?? 0) >= count || clock.now >= deadline { return usage }
        }
    }

    private func limit(of kind: Kind) -> String {
        let usual = ServerConfiguration.Limits()
        return switch kind {
        case .silentSocket:
            "\(bounds.unauthenticatedSockets) such sockets, \(bounds.firstMessageDeadline.seconds) s to the first message "
                + "(usually \(usual.firstMessageDeadline.seconds) s)"
        default:
            "\(bounds.connections) connections, \(bounds.headerDeadline.seconds) s to the header's end "
                + "(usually \(usual.headerDeadline.seconds) s)"
        }
    }
}

/// Connections of one kind that are held open and watched. Confined to one task.
private final class HeldConnections {
    private struct Held {
        var descriptor: Int32
        var openedAt: MonotonicInstant
        /// The connection's TLS; nil without TLS.
        var tls: TLSPeer?
    }

    private var held: [Held] = []
    private(set) var longestSeconds = 0.0

    init(_ kind: PreAuthMeasure.Kind, count: Int, to target: AuthTarget) throws {
        let usesTLS = target.endpoint.tls && kind != .idleTCP
        for _ in 0..<count {
            let descriptor = try LoopbackSocket.connect(to: target.endpoint.port)
            let openedAt = MonotonicClock().now
            let tls =
                usesTLS
                ? try TLSPeer(over: descriptor, host: target.endpoint.host, trustedAuthorities: target.authority) : nil
            held.append(Held(descriptor: descriptor, openedAt: openedAt, tls: tls))
            let text: String
            switch kind {
            case .idleTCP, .idleTLS: continue
            case .halfHeader: text = "GET /orders/\(target.order)/events HTTP/1.1\r\nhost: \(target.endpoint.host)\r\n"
            case .silentSocket:
                text =
                    "GET /orders/\(target.order)/socket HTTP/1.1\r\nhost: \(target.endpoint.host)\r\nupgrade: websocket\r\n"
                    + "connection: upgrade\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n\r\n"
            }
            if let tls { tls.write(text) } else { _ = send(descriptor, text, text.utf8.count, Int32(MSG_NOSIGNAL)) }
        }
    }

    /// The number of connections that are still open.
    var count: Int { held.count }

    /// Notices which connections the server has ended.
    func look() {
        let now = MonotonicClock().now
        held.removeAll { connection in
            guard LoopbackSocket.hasEnded(connection.descriptor) else { return false }
            longestSeconds = max(longestSeconds, connection.openedAt.duration(to: now).seconds)
            if connection.tls == nil { Glibc.close(connection.descriptor) }
            return true
        }
    }

    func close() {
        for connection in held where connection.tls == nil { Glibc.close(connection.descriptor) }
        held = []
    }
}
