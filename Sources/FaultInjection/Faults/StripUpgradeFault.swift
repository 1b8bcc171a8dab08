package import ExperimentModel

/// Removes the upgrade from a request, as a proxy for HTTP/1.1 does that passes on no hop-by-hop fields (RFC 9110,
/// section 7.8).
package struct StripUpgradeFault: Fault {
    package static let profile = FaultProfile.proxy(
        "strip-upgrade", "takes Upgrade and Connection out of the first request of new connections", needsPlain: true)

    package init(_ settings: FaultParameters) {}

    package func handlers(on connection: ProxiedConnection, _ active: ActiveFault) -> FaultHandlers {
        guard connection.isFresh else { return FaultHandlers() }
        return FaultHandlers(
            server: EditingFirstHead(dropping: ["upgrade", "connection"], connection.requestScanner) {
                connection.log(.stripped, by: active)
            })
    }
}
