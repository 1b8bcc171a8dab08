import ArgumentParser
import FoundationEssentials
import Simulation
import TransportCore

/// `tandem simulate schedules`: runs sessions under random faults, and checks their promises.
struct SimulateSchedulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedules",
        abstract: "Run sessions under random schedules of faults, and check what each was shown.",
        discussion: """
            Each schedule follows from its seed; the seeds are --seed and the numbers after it. The promise is: in order, \
            gap-free and duplicate-free, or one declared loss; and in the end nothing is missing. The first schedule that breaks \
            it ends the command with status 1.

            Examples:
              tandem simulate schedules --count 100000
              tandem simulate schedules --seed 4711 --count 1 --trace
            """)

    @Option(help: ArgumentHelp("Schedules to run; 1 to 100000000.", valueName: "n")) var count = 10_000
    @Option(help: "The first seed.") var seed: UInt64 = 0
    @Flag(help: "Print every event; for a few schedules.") var trace = false
    @Flag(help: "Print the counts as JSON.") var json = false

    func validate() throws {
        try OptionRange.check("--count", count, in: 1...100_000_000)
        guard !trace || count <= 100 else {
            throw ValidationError("--trace prints some hundred lines a schedule; take it with a --count of at most 100")
        }
    }

    func run() throws {
        var sum = ScheduleOutcome()
        do {
            let isShown = StatusLine.isPossible && !trace
            defer { if isShown { StatusLine.clear() } }
            for index in 0..<UInt64(count) {
                if isShown, index.isMultiple(of: 1_000) { StatusLine.show("\(index) of \(count) schedules") }
                sum += try ScheduleSimulation<SessionStateMachine>.run(
                    seed: seed &+ index, trace: trace ? { Tandem.complain($0) } : nil)
            }
        } catch {
            throw CommandFailure(
                .unsound, "\(error); tandem simulate schedules --seed \(error.seed) --count 1 --trace shows how")
        }
        guard json else {
            return print(
                """
                \(count) schedules, \(Int(sum.virtualSeconds)) s of virtual time: every promise was kept
                sessions   \(sum.sessions), \(sum.attempts) connections; \(sum.stopped) stopped, \(sum.halfOpen) wait on a dead \
                connection as a native EventSource does
                faults     \(sum.faults)
                updates    \(sum.updates) published, \(sum.delivered) updates and states delivered
                lost       0 in silence; \(sum.positionsLost) positions lost, each declared once
                """)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        print(String(decoding: try encoder.encode(sum), as: UTF8.self))
    }
}
