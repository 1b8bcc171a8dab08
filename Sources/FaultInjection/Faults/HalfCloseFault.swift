package import ExperimentModel

/// One direction of the open connections ends; the other goes on, and its sender hears of nothing.
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
