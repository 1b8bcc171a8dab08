package import ExperimentModel

/// How a server is started. Each trial has a process of its own, so that no trial inherits another's memory.
package struct ServerLaunch: Sendable {
    package var program: String
    /// All arguments except the port.
    package var arguments: [String]
    /// The processors that it may run on, for example `0,1`; nil for any.
    package var processors: String?
    /// The file for its standard error; with nil, errors quote it.
    package var logPath: String?

    package init(tandem: String, _ arguments: ServeArguments) {
        program = tandem
        self.arguments = ["serve", "--json"] + arguments.list
    }

    /// Starts a floor server, which publishes by itself once it gets SIGUSR1.
    package init(floor: String, _ cell: Cell, seconds: Double) {
        self.init(floor: floor, cell)
        if cell.load.updatesPerSecond > 0 {
            arguments += [
                "--rate", String(cell.load.updatesPerSecond), "--burst", String(cell.load.burst),
                "--seconds", String(seconds), "--settle", "20",
            ]
        }
    }

    /// The floor without a schedule, unless `options` give it one.
    package init(floor: String, _ cell: Cell, options: [String] = []) {
        program = floor
        arguments = ["--loops", String(cell.loops), "--orders", String(cell.load.orders)] + options
    }

    /// The program with all its arguments.
    func command(port: Int) -> (program: String, arguments: [String]) {
        let all = arguments + ["--port", String(port)]
        guard let logPath else { return (program, all) }
        // The shell is replaced by the server, which keeps its process id.
        return ("/bin/sh", ["-c", "log=$1; shift; exec \"$@\" 2>>\"$log\"", "sh", logPath, program] + all)
    }
}
