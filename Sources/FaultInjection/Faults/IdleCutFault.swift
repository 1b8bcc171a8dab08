package import ExperimentModel
import NIOCore

/// Ends a connection on which nothing passes in either direction for a time, as a balancer's idle timeout does.
package struct IdleCutFault: Fault {
    package static let profile = FaultProfile.proxy(
        "idle-cut", "ends connections on which nothing has passed for so long",
        [FaultProfile.Parameter("seconds", unit: "s", default: 60, in: 0.01...86_400), .flag("reset", false)])

    private let settings: FaultParameters

    package init(_ settings: FaultParameters) { self.settings = settings }

    package func handlers(on connection: ProxiedConnection, _ active: ActiveFault) -> FaultHandlers {
        let watch = IdleWatch(
            TimeAmount(seconds: settings["seconds"]),
            cut: connection.cut(by: active, reset: settings.flag("reset")))
        return FaultHandlers(client: WatchedWrites(watch, starts: true), server: WatchedWrites(watch, starts: false))
    }
}
