package import ExperimentModel

/// Sends RST to both peers at once, as a middlebox that lost its table or a peer that crashed does.
package struct ResetFault: Fault {
    package static let profile = FaultProfile.proxy(
        "reset", "resets the open connections: RST both ways", lasts: false)

    package init(_ settings: FaultParameters) {}

    package func strike(_ connection: ProxiedConnection, _ active: ActiveFault) {
        connection.log(.reset, by: active)
        connection.reset()
    }
}
