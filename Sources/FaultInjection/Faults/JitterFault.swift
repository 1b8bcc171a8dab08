package import ExperimentModel
package import NIOCore
package import SeededRandomness

/// Delays bytes that are written together by a random time, and keeps their order.
package struct JitterFault: Fault {
    package static let profile = FaultProfile.proxy(
        "jitter", "delays bytes by a random time from 0 on, in order",
        [.milliseconds(100), .flag("toServer", true), .flag("toClient", true)])

    private let settings: FaultParameters

    package init(_ settings: FaultParameters) { self.settings = settings }

    package func handlers(on connection: ProxiedConnection, _ active: ActiveFault) -> FaultHandlers {
        var random = active.random(connection.id)
        func pace() -> Pace {
            Pace(maximum: settings["milliseconds"], random: SeededGenerator(seed: random.next()))
        }
        let (client, server) = (pace(), pace())
        return FaultHandlers(
            client: settings.flag("toClient") ? PacedWrites(client) : nil,
            server: settings.flag("toServer") ? PacedWrites(server) : nil)
    }

    package struct Pace: WritePace {
        /// In milliseconds.
        let maximum: Double
        var random: SeededGenerator
        private var last = NIODeadline.uptimeNanoseconds(0)

        package init(maximum: Double, random: SeededGenerator) {
            self.maximum = maximum
            self.random = random
        }

        package mutating func next(_ waiting: Int, since: NIODeadline) -> (count: Int, due: NIODeadline) {
            last = max(last, since + TimeAmount(milliseconds: maximum * random.nextUnit()))
            return (waiting, last)
        }
    }
}
