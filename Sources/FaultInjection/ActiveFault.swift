package import ExperimentModel
import NIOCore
import SeededRandomness

/// A fault that has begun, or one of the past in the log.
package final class ActiveFault {
    /// From 1, in the order of beginnings.
    package let id: Int
    package let step: FaultStep
    package let fault: any Fault
    /// CLOCK_MONOTONIC, nanoseconds.
    package let beganAt: Int64
    private let share: Double
    private let seed: UInt64
    var end: Scheduled<Void>?

    init(id: Int, _ step: FaultStep, _ fault: any Fault, _ settings: FaultParameters, seed: UInt64, beganAt: Int64) {
        self.id = id
        self.step = step
        self.fault = fault
        self.beganAt = beganAt
        share = settings[FaultProfile.Parameter.share.name]
        self.seed = seed
    }

    /// Whether the connection is among those that the fault touches; the same in every run with one seed.
    func touches(_ connection: Int) -> Bool {
        guard share < 1 else { return true }
        var random = random(connection, 0)
        return random.nextUnit() < share
    }

    /// What the fault draws from on a connection.
    func random(_ connection: Int, _ use: UInt64 = 1) -> SeededGenerator {
        var mixer = SplitMix64(seed: seed)
        for part in [UInt64(id), UInt64(connection), use] { mixer = SplitMix64(seed: mixer.next() ^ part) }
        return SeededGenerator(seed: mixer.next())
    }
}
