package import ExperimentModel
package import NIOCore

/// Cuts what is written together into small pieces, so that events, frames and heads arrive in parts.
package struct SlicingFault: Fault {
    package static let profile = FaultProfile.proxy(
        "slicing", "cuts what is written into small pieces, with a pause after each",
        [
            .bytes(7, in: 1...65_536), .milliseconds(1, named: "pauseMilliseconds"), .flag("toServer", true),
            .flag("toClient", true),
        ])

    private let settings: FaultParameters

    package init(_ settings: FaultParameters) { self.settings = settings }

    package func handlers(on connection: ProxiedConnection, _ active: ActiveFault) -> FaultHandlers {
        let pace = Pace(size: settings.integer("bytes"), pause: TimeAmount(milliseconds: settings["pauseMilliseconds"]))
        return FaultHandlers(
            client: settings.flag("toClient") ? PacedWrites(pace) : nil,
            server: settings.flag("toServer") ? PacedWrites(pace) : nil)
    }

    package struct Pace: WritePace {
        let size: Int
        let pause: TimeAmount
        private var next = NIODeadline.uptimeNanoseconds(0)

        package init(size: Int, pause: TimeAmount) {
            self.size = size
            self.pause = pause
        }

        package mutating func next(_ waiting: Int, since: NIODeadline) -> (count: Int, due: NIODeadline) {
            let due = max(next, since)
            next = due + pause
            return (min(size, waiting), due)
        }
    }
}
