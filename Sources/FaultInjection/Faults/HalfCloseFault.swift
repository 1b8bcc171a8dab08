package import ExperimentModel

/// Ends one direction of the open connections. The other direction continues, and its sender is not told.
package struct HalfCloseFault: Fault {
    package static let profile = FaultProfile.proxy(
        "half-close", "ends one direction of the open connections by a FIN", [.flag("toServer", false)], lasts: false)

    private let toServer: Bool

    package init(_ settings: FaultParameters) { toServer = settings.flag("toServer") }

    package func strike(_ connection: ProxiedConnection, _ active: ActiveFault) {
        connection.log(.halfClosed, by: active)
        connection.halfClose(toServer ? .server : .client)
    }
}
