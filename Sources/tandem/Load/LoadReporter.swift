import ArgumentParser
import FoundationEssentials
import Glibc
import LoadGeneration
import Reporting
import TransportCore

/// Tells what a load does and what came of it, to a person or to a script.
struct LoadReporter: Sendable {
    private let specification: LoadSpecification
    private let isJSON: Bool

    init(_ specification: LoadSpecification, isJSON: Bool) {
        self.specification = specification
        self.isJSON = isJSON
    }

    /// Reports an event; returns once the supervisor lets the load go on, where it is to wait for that.
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
        // A supervisor knows the server's load as well, and judges for itself.
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

    /// A line where there is one reason; on a terminal each is broken at its spaces.
    private static func list(_ reasons: [String]) -> String {
        guard let columns = RunText.terminalColumns(of: STDERR_FILENO) else {
            let separator = reasons.count == 1 ? " " : "\n  "
            return "not sound:" + reasons.map { separator + $0 }.joined()
        }
        return "not sound:"
            + reasons.flatMap { $0.wrapped(width: max(40, columns) - 2) }.map { "\n  " + $0 }.joined()
    }

    /// Ends the command with what went wrong.
    static func fail(_ error: any Error, isJSON: Bool) throws -> Never {
        // What was said already, and options that contradict each other, to which the parser adds their usage.
        if error is ExitStatus || (error is ValidationError && !isJSON) { throw error }
        let failure =
            error as? CommandFailure
            ?? CommandFailure(
                ExitStatus(error), error is CancellationError ? "interrupted" : String(describing: error))
        guard isJSON else { throw failure }
        write(failure: failure.message)
        throw failure.status
    }

    /// The last event of a load that failed.
    static func write(failure message: String) {
        var event = LoadEvent(.failed)
        event.message = message
        write(event)
    }

    private static func write(_ event: LoadEvent) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // JSON has no infinity, and no figure here can be one: each is a count, a time or a share of a time.
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
