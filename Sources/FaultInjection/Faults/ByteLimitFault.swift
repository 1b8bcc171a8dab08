package import ExperimentModel

/// A connection that ends in the middle: of an event, a frame, a body.
///
/// Heads of HTTP/1.1 don't count; on what is not HTTP/1.1 every byte does.
package struct ByteLimitFault: Fault {
    package static let profile = FaultProfile.proxy(
        "byte-limit", "ends each connection after so many bytes to the client that are no head",
        [.bytes(100, in: 0...1e9), .flag("reset", false)])

    private let settings: FaultParameters

    package init(_ settings: FaultParameters) { self.settings = settings }

    package func handlers(on connection: ProxiedConnection, _ active: ActiveFault) -> FaultHandlers {
        FaultHandlers(
            client: CuttingWrites(
                after: settings.integer("bytes"), of: .body, connection.responseScanner,
                cut: connection.cut(by: active, reset: settings.flag("reset"))))
    }
}
