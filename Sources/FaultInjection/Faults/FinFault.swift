package import ExperimentModel

/// A balancer that ends its connections in order: FIN to both peers.
package struct FinFault: Fault {
    package static let profile = FaultProfile.proxy(
        "fin", "ends the open connections: FIN both ways", lasts: false)

    package init(_ settings: FaultParameters) {}

    package func strike(_ connection: ProxiedConnection, _ active: ActiveFault) {
        connection.log(.finished, by: active)
        connection.finish()
    }
}
