package import ExperimentModel

/// Lets nothing pass until it is repaired: no byte, FIN or RST arrives.
///
/// What is sent meanwhile waits and arrives after the repair, as TCP would retransmit it. The kernels of both peers
/// get acknowledgements from the proxy's kernel, so the peers can only notice the silence.
package struct BlackHoleFault: Fault {
    package static let profile = FaultProfile.proxy(
        "black-hole", "lets nothing pass, in one direction or both, and tells nobody",
        [.flag("toServer", true), .flag("toClient", true), .flag("newConnections", true)])

    private let settings: FaultParameters

    package init(_ settings: FaultParameters) { self.settings = settings }

    package func opening() -> Opening? { settings.flag("newConnections") ? .held : nil }

    package func handlers(on connection: ProxiedConnection, _ active: ActiveFault) -> FaultHandlers {
        // Connections that open meanwhile are held as a whole, or not at all.
        guard !connection.isOpening else { return FaultHandlers() }
        func holding(_ isHeld: Bool) -> HoldingWrites? {
            isHeld ? HoldingWrites { connection.log(.held, by: active) } : nil
        }
        return FaultHandlers(
            client: holding(settings.flag("toClient")), server: holding(settings.flag("toServer")))
    }
}
