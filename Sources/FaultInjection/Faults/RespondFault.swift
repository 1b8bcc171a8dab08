package import ExperimentModel

/// Answers requests itself, as a balancer does that has no server to pass them to, or refuses them.
///
/// Open streams and WebSockets continue. The server gets no connection that opens meanwhile.
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
