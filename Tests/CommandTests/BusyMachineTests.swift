import Foundation
import Testing

/// Keeps half of the processors busy, and so runs beside nothing else.
@Suite struct BusyMachineTests {
    @Test(
        "A machine that others keep busy is told of before the run, and not on standard output", .timeLimit(.minutes(1))
    )
    func tellsOfABusyMachine() async throws {
        try await Command.inFolder { folder in
            try RunTests().write(RunTests.experiment, to: folder)
            var others: [Command.Running] = []
            // `timeout` hands it on.
            defer { for other in others { other.send(SIGTERM) } }
            for _ in 0..<max(1, ProcessInfo.processInfo.activeProcessorCount / 2) {
                others.append(try await Command.start(program: "timeout", ["60", "sh", "-c", "while :; do :; done"]))
            }
            let run = try await Command.start(["run", "small.yaml", "--json", "--out", "results"], in: folder)
            try await Waiting.until("the run begins") { run.text.contains(#""event":"began""#) }
            run.send(SIGINT)
            let outcome = try await run.outcome()
            #expect(outcome.status == 130, "\(outcome)")
            let warning = /^warning: figures may be noisy: others use \d+ % of the processors; end what else is running/
            #expect(outcome.error.contains(warning), "\(outcome)")
            #expect(outcome.output.hasPrefix(#"{"event":"planned""#), "\(outcome)")
        }
    }
}
