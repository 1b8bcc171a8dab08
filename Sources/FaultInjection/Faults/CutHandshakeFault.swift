package import ExperimentModel
import NIOCore

/// Ends a connection before the server has sent anything: within the client's first flight, or before the reply to
/// it.
package struct CutHandshakeFault: Fault {
    package static let profile = FaultProfile.proxy(
        "cut-handshake",
        "ends new connections after so many bytes of the client's first flight, or before the server's reply",
        [.bytes(65_536, in: 0...65_536), .flag("reset", true)])

    private let settings: FaultParameters

    package init(_ settings: FaultParameters) { self.settings = settings }

    package func handlers(on connection: ProxiedConnection, _ active: ActiveFault) -> FaultHandlers {
        guard connection.isFresh else { return FaultHandlers() }
        let cut = connection.cut(by: active, reset: settings.flag("reset"))
        // Outside HTTP, every byte counts for a scanner.
        var scanner = connection.requestScanner
        scanner.leaveHTTP()
        return FaultHandlers(
            client: CuttingWrites(after: 0, of: .body, scanner, cut: cut),
            server: CuttingWrites(after: settings.integer("bytes"), of: .body, scanner, cut: cut))
    }
}
