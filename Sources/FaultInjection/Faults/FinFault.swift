package import ExperimentModel

/// Sends FIN to both peers, as a balancer does that ends its connections in order.
package struct FinFault: Fault {
    package static let profile = FaultProfile.proxy(
        "fin", "ends the open connections: FIN both ways", lasts: false)

    package init(_ settings: FaultParameters) {}

    package func strike(_ connection: ProxiedConnection, _ active: ActiveFault) {
        connection.log(.finished, by: active)
        connection.finish()
    }
}
