package import ExperimentModel
package import NIOCore

/// Limits the bandwidth of each connection in each direction, in bytes per second.
package struct BandwidthFault: Fault {
    package static let profile = FaultProfile.proxy(
        "bandwidth", "limits the bytes a second of each connection and direction",
        [
            FaultProfile.Parameter("bytesPerSecond", unit: "bytes/s", default: 10_000, in: 1...1e9, isWhole: true),
            .flag("toServer", true), .flag("toClient", true),
        ])

    private let settings: FaultParameters

    package init(_ settings: FaultParameters) { self.settings = settings }

    package func handlers(on connection: ProxiedConnection, _ active: ActiveFault) -> FaultHandlers {
        let pace = Pace(bytesPerSecond: settings["bytesPerSecond"])
        return FaultHandlers(
            client: settings.flag("toClient") ? PacedWrites(pace) : nil,
            server: settings.flag("toServer") ? PacedWrites(pace) : nil)
    }

    package struct Pace: WritePace {
        let bytesPerSecond: Double
        /// When the previous bytes have passed.
        private var free = NIODeadline.uptimeNanoseconds(0)

        package init(bytesPerSecond: Double) { self.bytesPerSecond = bytesPerSecond }

        package mutating func next(_ waiting: Int, since: NIODeadline) -> (count: Int, due: NIODeadline) {
            // In pieces of 20 ms, which are smooth and need few timers.
            let count = min(waiting, max(1, Int(bytesPerSecond / 50)))
            free = max(free, since) + TimeAmount(seconds: Double(count) / bytesPerSecond)
            return (count, free)
        }
    }
}
