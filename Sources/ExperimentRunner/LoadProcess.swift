import ExperimentModel
import FoundationEssentials
import LoadGeneration

/// The load generator, in a process of its own.
struct LoadProcess {
    private let child: ChildProcess

    /// Runs one load and returns its result.
    ///
    /// - Parameters:
    ///   - loops: the number of loops of the server beside it. Where the run pins, the load generator does not use
    ///     its processors.
    ///   - stepSeconds: the maximum silence between two events according to the schedule.
    ///   - observe: called with each event; where the generator waits, it continues afterwards.
    static func run(
        _ specification: LoadSpecification, _ settings: RunSettings, loops: Int, stepSeconds: Double,
        observe: (LoadEvent) async throws -> Void
    ) async throws -> LoadResult {
        try await ChildProcess.run(
            "the load generator", settings.tandem, ["load", "--json", "--spec", "-"],
            processors: settings.loadProcessors(beside: loops)
        ) { child in
            let process = LoadProcess(child: child)
            try await process.child.write(line: try Self.line(specification))
            return try await process.follow(stepSeconds, observe)
        }
    }

    private func follow(_ stepSeconds: Double, _ observe: (LoadEvent) async throws -> Void) async throws -> LoadResult {
        var expected = LoadEvent.Name.started
        while true {
            let line = try await child.line(
                within: .seconds(30 + stepSeconds), waitingFor: expected.rawValue)
            let event: LoadEvent
            do {
                event = try JSONDecoder().decode(LoadEvent.self, from: Data(line.utf8))
            } catch {
                throw TrialError(
                    .unexpectedOutput, "the load generator said '\(line.prefix(200))', which is no event: \(error)")
            }
            switch event.event {
            case .result:
                guard let result = event.result else {
                    throw TrialError(.unexpectedOutput, "the load generator ended without a result")
                }
                return result
            case .failed:
                throw TrialError(.loadFailed, event.message ?? "the load generator failed and did not say why")
            default:
                try await observe(event)
                if event.waits == true { try await child.write(line: "go") }
                if let next = Self.next(after: event.event) { expected = next }
            }
        }
    }

    private static func next(after name: LoadEvent.Name) -> LoadEvent.Name? {
        let order: [LoadEvent.Name] = [.started, .ready, .measuring, .measured, .held, .closed, .result]
        return order.firstIndex(of: name).flatMap { $0 + 1 < order.count ? order[$0 + 1] : nil }
    }

    private static func line(_ specification: LoadSpecification) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(specification), as: UTF8.self)
    }
}
