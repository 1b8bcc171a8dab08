package import ExperimentModel

/// How a server is started: a process of its own for each trial, so that no trial inherits another's memory.
package struct ServerLaunch: Sendable {
    package var program: String
    /// But for the port.
    package var arguments: [String]
    /// Those that it may run on, for example `0,1`; nil for any.
    package var processors: String?
    /// A file for what it says on standard error; nil has its errors quote that.
    package var logPath: String?

    package init(tandem: String, _ arguments: ServeArguments) {
        program = tandem
        self.arguments = ["serve", "--json"] + arguments.list
    }

    /// The floor publishes on its own; SIGUSR1 starts it.
    package init(floor: String, _ cell: Cell, seconds: Double) {
        program = floor
        arguments = ["--loops", String(cell.loops), "--orders", String(cell.load.orders)]
        if cell.load.updatesPerSecond > 0 {
            arguments += [
                "--rate", String(cell.load.updatesPerSecond), "--burst", String(cell.load.burst),
                "--seconds", String(seconds), "--settle", "20",
            ]
        }
    }

    /// The program with all its arguments.
    func command(port: Int) -> (program: String, arguments: [String]) {
        let all = arguments + ["--port", String(port)]
        guard let logPath else { return (program, all) }
        // The shell gives way to the server, which keeps its process id.
        return ("/bin/sh", ["-c", "log=$1; shift; exec \"$@\" 2>>\"$log\"", "sh", logPath, program] + all)
    }
}
