package import ExperimentModel
import NIOCore
import SeededRandomness

/// A fault that has begun. The log has it even after its end.
package final class ActiveFault {
    /// Counted from 1, in the order in which faults began.
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

    /// Whether the fault affects the connection. The answer is the same in every run with one seed.
    func touches(_ connection: Int) -> Bool {
        guard share < 1 else { return true }
        var random = random(connection, 0)
        return random.nextUnit() < share
    }

    /// The random numbers of the fault on a connection.
    func random(_ connection: Int, _ use: UInt64 = 1) -> SeededGenerator {
        var mixer = SplitMix64(seed: seed)
        for part in [UInt64(id), UInt64(connection), use] { mixer = SplitMix64(seed: mixer.next() ^ part) }
        return SeededGenerator(seed: mixer.next())
    }
}
