internal import Subprocess

/// Draws charts with gnuplot's SVG terminal.
public struct Gnuplot: ChartPlotter {
    /// The program's name, searched in PATH.
    public var program: String
    /// The time limit of one drawing. A drawing takes about 30 ms; only a broken installation needs seconds.
    public var timeLimit: Duration

    /// The maximum size of an SVG, in bytes. A larger one is an error of ours.
    private static let outputLimit = 8 << 20

    public init(program: String = "gnuplot", timeLimit: Duration = .seconds(20)) {
        self.program = program
        self.timeLimit = timeLimit
    }

    public func plot(_ chart: Chart, canvas: ChartCanvas) async throws -> String {
        let script = GnuplotScript(chart: chart, canvas: canvas).text
        let drawing = try await draw(script)
        return try InlineSVG(chart: chart, canvas: canvas).element(from: drawing)
    }

    /// Runs gnuplot on a script and returns its output.
    package func draw(_ script: String) async throws -> String {
        try await withThrowingTaskGroup(of: String.self) { group in
            group.addTask { try await run(script) }
            group.addTask {
                try await Task.sleep(for: timeLimit)
                throw ChartError(.timedOut, "gnuplot did not finish within \(timeLimit)")
            }
            // Leaving the group cancels the remaining task: the sleep, or gnuplot, which is killed.
            defer { group.cancelAll() }
            guard let first = try await group.next() else {
                preconditionFailure("a group of two tasks ended without a result")
            }
            return first
        }
    }

    private func run(_ script: String) async throws -> String {
        let result: ExecutionResult<Void, StringOutput<UTF8>, StringOutput<UTF8>>
        do {
            result = try await Subprocess.run(
                .name(program),
                // `-d` ignores the user's ~/.gnuplot, which must not change the report.
                arguments: ["-d", "-"],
                environment: .inherit.updating(["LC_ALL": "C.UTF-8", "GNUTERM": nil]),
                input: .string(script),
                output: .string(limit: Self.outputLimit),
                error: .string(limit: 1 << 16))
        } catch let error as SubprocessError where error.code == .executableNotFound {
            throw ChartError(
                .missingProgram, "\(program) is not installed: install it (Debian: gnuplot-nox) and render again")
        }
        let drawing = result.standardOutput
        guard result.terminationStatus.isSuccess, !drawing.isEmpty else {
            let complaint = result.standardError.split(separator: "\n").last.map(String.init) ?? "no message"
            throw ChartError(.failed, "gnuplot failed (\(result.terminationStatus)): \(complaint)")
        }
        return drawing
    }
}
