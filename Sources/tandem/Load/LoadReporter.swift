import ArgumentParser
import FoundationEssentials
import Glibc
import LoadGeneration
import Reporting
import TransportCore

/// Reports the events and the result of a load to a person or a script.
struct LoadReporter: Sendable {
    private let specification: LoadSpecification
    private let isJSON: Bool

    init(_ specification: LoadSpecification, isJSON: Bool) {
        self.specification = specification
        self.isJSON = isJSON
    }

    /// Reports an event. If the event has `waits`, it returns when the supervisor lets the load continue.
    /// - Throws: `LoadError.interrupted` if the supervisor has gone.
    func report(_ event: LoadEvent) async throws {
        if isJSON {
            var event = event
            event.pid = getpid()
            Self.write(event)
        } else {
            say(event)
        }
        guard event.waits == true else { return }
        guard await StandardInput.shared.line() != nil else {
            throw LoadError(.interrupted, "the supervisor has gone")
        }
    }

    func conclude(_ result: LoadResult) throws {
        // A supervisor also knows the server's CPU time, and judges by itself.
        let reasons = specification.isSupervised ? [] : LoadSoundness.rejections(to: result, of: specification)
        if isJSON {
            var event = LoadEvent(.result)
            event.result = result
            if !reasons.isEmpty { event.message = reasons.joined(separator: "\n") }
            Self.write(event)
            if !reasons.isEmpty { throw ExitStatus.unsound }
        } else {
            let columns = RunText.terminalColumns(of: STDOUT_FILENO)
            StandardStreams.output(LoadSummary(specification, result, columns: columns).text)
            if !reasons.isEmpty { throw CommandFailure(.unsound, Self.list(reasons)) }
        }
    }

    /// One line if there is one reason. On a terminal each reason is broken at spaces.
    private static func list(_ reasons: [String]) -> String {
        guard let columns = RunText.terminalColumns(of: STDERR_FILENO) else {
            let separator = reasons.count == 1 ? " " : "\n  "
            return "not sound:" + reasons.map { separator + $0 }.joined()
        }
        return "not sound:"
            + reasons.flatMap { $0.wrapped(width: max(40, columns) - 2) }.map { "\n  " + $0 }.joined()
    }

    /// Ends the command with its error.
    static func fail(_ error: any Error, isJSON: Bool) throws -> Never {
        // An `ExitStatus` was reported before. To contradictory options the parser adds their usage.
        if error is ExitStatus || (error is ValidationError && !isJSON) { throw error }
        let failure =
            error as? CommandFailure
            ?? CommandFailure(
                ExitStatus(error), error is CancellationError ? "interrupted" : String(describing: error))
        guard isJSON else { throw failure }
        write(failure: failure.message)
        throw failure.status
    }

    /// Writes the last event of a load that failed.
    static func write(failure message: String) {
        var event = LoadEvent(.failed)
        event.message = message
        write(event)
    }

    private static func write(_ event: LoadEvent) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // JSON has no infinity, and no figure can be infinite: each is a count, a time or a share of a time.
        guard let line = try? encoder.encode(event) else { preconditionFailure("the event \(event.event) is not JSON") }
        StandardStreams.output(String(decoding: line, as: UTF8.self) + "\n")
    }

    private func say(_ event: LoadEvent) {
        switch event.event {
        case .ready:
            let seconds = LoadSummary.decimals(event.seconds ?? 0, 2)
            Tandem.complain("\(event.connections ?? 0) subscribers connected in \(seconds) s")
        case .measuring:
            Tandem.complain("measuring for \(LoadSummary.decimals(specification.measureSeconds, 1)) s")
        case .started, .progress, .sample, .measured, .held, .closed, .result, .failed: break
        }
    }
}
