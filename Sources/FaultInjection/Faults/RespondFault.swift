package import ExperimentModel

/// A balancer without a server to pass requests to, or one that refuses them: it answers itself.
///
/// Streams and WebSockets that are open go on. The server hears of no connection that opens meanwhile.
package struct RespondFault: Fault {
    package static let profile = FaultProfile.proxy(
        "respond", "answers requests with a status; retryAfter 0 leaves the field out",
        [
            FaultProfile.Parameter("status", unit: "", default: 503, in: 200...599, isWhole: true),
            FaultProfile.Parameter("retryAfter", unit: "s", default: 0, in: 0...3600, isWhole: true),
        ], needsPlain: true)

    private let settings: FaultParameters

    package init(_ settings: FaultParameters) { self.settings = settings }

    package func opening() -> Opening? { .unconnected }

    package func handlers(on connection: ProxiedConnection, _ active: ActiveFault) -> FaultHandlers {
        FaultHandlers(
            client: AnsweringRequests(
                settings.integer("status"), retryAfter: settings.integer("retryAfter"), connection.requestScanner
            ) {
                connection.log(.answered, by: active)
                connection.finish()
            })
    }
}
