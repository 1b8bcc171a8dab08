import ArgumentParser

/// `tandem simulate`: sessions in virtual time.
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Simulate storms of many sessions, and random faults, in virtual time.",
        discussion: """
            The sessions are the state machines that also drive real sockets; the network and the server are modelled \
            (Docs/Simulation.md says how, and what is left out).

            Examples:
              tandem simulate storm --sessions 1000000 --policy full-jitter \\
                --accept-rate 5000 --queue 4096
              tandem simulate schedules --count 100000
            """,
        subcommands: [SimulateStormCommand.self, SimulateSchedulesCommand.self])
}
