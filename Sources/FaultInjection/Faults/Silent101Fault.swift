package import ExperimentModel

/// Lets an upgrade through and then no frames, as a middlebox does that does not know WebSockets.
package struct Silent101Fault: Fault {
    package static let profile = FaultProfile.proxy(
        "silent-101", "lets a 101 pass on new connections, and then nothing in either direction", needsPlain: true)

    package init(_ settings: FaultParameters) {}

    package func handlers(on connection: ProxiedConnection, _ active: ActiveFault) -> FaultHandlers {
        guard connection.isFresh else { return FaultHandlers() }
        let upgrade = SilencedWrites.Upgrade { connection.log(.held, by: active) }
        return FaultHandlers(
            client: SilencedWrites(upgrade, reading: connection.responseScanner),
            server: SilencedWrites(upgrade, reading: nil))
    }
}
