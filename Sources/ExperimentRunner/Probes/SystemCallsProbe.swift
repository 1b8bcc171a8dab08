public import ExperimentModel
public import LoadGeneration
import Measurement

/// The server's system calls for each update. Counting slows every system call of the host. So it is done in the
/// warm-up, under the same load, and ends where the measuring window begins.
public struct SystemCallsProbe: Probe {
    public init() {}

    public var name: String { "system-calls" }
    public var purpose: String { "system calls of the server for each update, counted in the warm-up" }

    public func read(_ phase: LoadEvent.Name, _ server: ServerReader, into readings: inout ProbeReadings) {
        switch phase {
        case .ready:
            readings.systemCallCounter = server.pid.flatMap { try? SystemCallCounter(pid: $0) }
        case .measuring:
            readings.systemCalls = readings.systemCallCounter?.count()
            readings.systemCallCounter = nil
        default: break
        }
    }

    public func complete(_ observation: inout Observation, _ readings: ProbeReadings, _ result: LoadResult) {
        guard let count = readings.systemCalls, let before = readings.delivered[.ready],
            let after = readings.delivered[.measuring]
        else { return }
        var resources = observation.resources ?? ResourceSummary()
        resources.systemCalls = ResourceSummary.SystemCalls(count: count, deliveries: after - before)
        observation.resources = resources
    }
}
