package import ExperimentModel

/// Cuts a response within its head, on connections that open while the fault lasts.
package struct CutHeadersFault: Fault {
    package static let profile = FaultProfile.proxy(
        "cut-headers", "ends new connections after so many bytes of the first response's head",
        [.bytes(20, in: 0...65_536), .flag("reset", true)], needsPlain: true)

    private let settings: FaultParameters

    package init(_ settings: FaultParameters) { self.settings = settings }

    package func handlers(on connection: ProxiedConnection, _ active: ActiveFault) -> FaultHandlers {
        guard connection.isFresh else { return FaultHandlers() }
        return FaultHandlers(
            client: CuttingWrites(
                after: settings.integer("bytes"), of: .head, connection.responseScanner,
                cut: connection.cut(by: active, reset: settings.flag("reset"))))
    }
}
