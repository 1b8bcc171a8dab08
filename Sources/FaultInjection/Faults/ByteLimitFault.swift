package import ExperimentModel

/// Ends a connection after a number of bytes, in the middle of an event, a frame or a body.
///
/// Heads of HTTP/1.1 do not count. Where the bytes are not HTTP/1.1, all of them count.
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
