package import ExperimentModel
package import NIOCore

/// Delays every byte by the same time.
package struct LatencyFault: Fault {
    package static let profile = FaultProfile.proxy(
        "latency", "delays every byte by the same time",
        [.milliseconds(100), .flag("toServer", true), .flag("toClient", true)])

    private let settings: FaultParameters

    package init(_ settings: FaultParameters) { self.settings = settings }

    package func handlers(on connection: ProxiedConnection, _ active: ActiveFault) -> FaultHandlers {
        let pace = Pace(delay: TimeAmount(milliseconds: settings["milliseconds"]))
        return FaultHandlers(
            client: settings.flag("toClient") ? PacedWrites(pace) : nil,
            server: settings.flag("toServer") ? PacedWrites(pace) : nil)
    }

    package struct Pace: WritePace {
        let delay: TimeAmount

        package init(delay: TimeAmount) { self.delay = delay }

        package mutating func next(_ waiting: Int, since: NIODeadline) -> (count: Int, due: NIODeadline) {
            (waiting, since + delay)
        }
    }
}
