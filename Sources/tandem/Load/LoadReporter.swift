import FoundationEssentials
import Glibc
import LoadGeneration
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
            try write(event)
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
        let objection = specification.isSupervised ? nil : LoadSummary.objection(to: result)
        if isJSON {
            var event = LoadEvent(.result)
            event.result = result
            event.message = objection
            try write(event)
            if objection != nil { throw ExitStatus.unsound }
        } else {
            StandardStreams.output(LoadSummary(specification, result).text)
            if let objection { throw CommandFailure(.unsound, "not sound: \(objection)") }
        }
    }

    /// Ends the command with what went wrong.
    func fail(_ error: any Error) throws -> Never {
        let isInterrupted = error is CancellationError
        let message = isInterrupted ? "interrupted" : String(describing: error)
        if isJSON {
            var event = LoadEvent(.failed)
            event.message = message
            try write(event)
            throw ExitStatus(error)
        }
        throw CommandFailure(ExitStatus(error), message)
    }

    private func write(_ event: LoadEvent) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        StandardStreams.output(String(decoding: try encoder.encode(event), as: UTF8.self) + "\n")
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
