package import ExperimentModel

/// Ends a connection while it replays what was missed. It affects only connections that open while the fault lasts.
package struct CutReplayFault: Fault {
    package static let profile = FaultProfile.proxy(
        "cut-replay", "ends new connections so many bytes after the head of the response",
        [.bytes(200, in: 0...1e9), .flag("reset", true)], needsPlain: true)

    private let settings: FaultParameters

    package init(_ settings: FaultParameters) { self.settings = settings }

    package func handlers(on connection: ProxiedConnection, _ active: ActiveFault) -> FaultHandlers {
        guard connection.isFresh else { return FaultHandlers() }
        return FaultHandlers(
            client: CuttingWrites(
                after: settings.integer("bytes"), of: .body, connection.responseScanner,
                cut: connection.cut(by: active, reset: settings.flag("reset"))))
    }
}
