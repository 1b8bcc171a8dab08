package import ExperimentModel

/// A middlebox that lets an Upgrade through, and then does not know what to do with frames.
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
