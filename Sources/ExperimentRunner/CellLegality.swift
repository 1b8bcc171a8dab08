package import ExperimentModel
import Glibc
import TransportCore

/// Decides which cells cannot exist, and why. Reports print the limits of a transport as findings.
package struct CellLegality {
    private let settings: RunSettings
    /// Descriptors of a process that are not for the load's connections. A server keeps up to 336 with one loop: for itself, and for
    /// connections that only get the answer that the limit is reached (`SocketServer.connections(within:loops:)`).
    private static let reservedDescriptors = 500

    package init(_ settings: RunSettings) { self.settings = settings }

    /// The maximum number of the load's connections that one process may hold here.
    package static var connectionsOfOneProcess: Int {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return max(1, Int(clamping: limit.rlim_max) - reservedDescriptors)
    }

    /// One sentence; nil for a cell that can be measured.
    package func rejection(of cell: Cell) -> String? {
        let limit = Self.connectionsOfOneProcess
        if cell.load.connections > limit, cell.goal?.figure.spreadsConnections != true {
            return
                "a process may hold \(limit) connections here beside \(Self.reservedDescriptors) other descriptors, and the load "
                + "takes \(cell.load.connections): raise the limit (ulimit -Hn), or take a smaller load"
        }
        if settings.pins, settings.processors.count <= cell.loops {
            return
                "the run confines \(cell.loops == 1 ? "a loop" : "\(cell.loops) loops") and the load generator to processors "
                + "of their own, and there are \(settings.processors.count): leave --pin out, or take fewer loops"
        }
        switch cell.server {
        case .floor: return floorRejection(cell)
        case .external: return "servers that are not ours are measured with `tandem load`"
        case .tandem: return transportRejection(cell)
        }
    }

    private func floorRejection(_ cell: Cell) -> String? {
        if access(settings.floorServer, X_OK) != 0 {
            return "\(settings.floorServer) is not built: `make floor` builds it"
        }
        guard ["sse", "websocket"].contains(cell.transport), cell.protocolVersion == "h1", !cell.tls else {
            return "the floor speaks SSE and WebSocket over plain HTTP/1.1 alone"
        }
        return nil
    }

    private func transportRejection(_ cell: Cell) -> String? {
        guard let capabilities = settings.capabilities(cell.transport) else {
            return "no transport '\(cell.transport)' is registered"
        }
        guard settings.authSchemes.contains(cell.auth) else {
            return "no auth scheme '\(cell.auth)' is registered"
        }
        let transport = TransportName(rawValue: cell.transport)
        if let reason = settings.authRejection(cell.auth, transport, cell.tls) { return reason }
        // The version is ignored for a transport that no protocol carries.
        if !capabilities.protocolVersions.isEmpty,
            ProtocolVersion(rawValue: cell.protocolVersion).map(capabilities.protocolVersions.contains) != true
        {
            return limitation(capabilities, cell.protocolVersion)
                ?? "\(cell.transport) is not carried over \(cell.protocolVersion)"
        }
        if cell.protocolVersion == "h2", !cell.tls, !capabilities.speaksUnencryptedHTTP2 {
            return limitation(capabilities, "h2c") ?? "\(cell.transport) speaks HTTP/2 over TLS alone"
        }
        if cell.tls, !capabilities.supportsTLS {
            return limitation(capabilities, "TLS") ?? "\(cell.transport) has no TLS"
        }
        if let compression = cell.compression, !capabilities.compressesMessages {
            return limitation(capabilities, "compression") ?? "\(cell.transport) has no \(compression)"
        }
        // A transport without heartbeats of its own (a poll is one) is measured as it is, whatever the factor says.
        if let kind = HeartbeatKind(rawValue: cell.heartbeat.kind.rawValue), kind != .off,
            !capabilities.heartbeats.isEmpty, !capabilities.heartbeats.contains(kind)
        {
            return limitation(capabilities, kind.rawValue) ?? "\(cell.transport) has no \(kind.rawValue) heartbeat"
        }
        return nil
    }

    private func limitation(_ capabilities: TransportCapabilities, _ subject: String) -> String? {
        capabilities.limitations.first { limitation in
            limitation.subject.split(separator: " ").contains { $0.lowercased() == subject.lowercased() }
        }?.reason
    }
}
