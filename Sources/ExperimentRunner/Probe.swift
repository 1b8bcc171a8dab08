public import ExperimentModel
public import LoadGeneration
public import Measurement

/// Observes something of each trial: it reads what it needs in the phases of the trial, and fills in its part of the
/// line.
///
/// A probe never changes a trial, so that an observation means the same with and without it. To add one, write a file
/// in `Probes/` and a line in the catalog.
public protocol Probe: Sendable {
    /// Its name in an experiment's `probes`.
    var name: String { get }
    /// What it observes, in half a sentence, for `tandem list`.
    var purpose: String { get }

    /// Reads what it needs in a phase. The load generator waits in the phases `started`, `held` and `closed`.
    func read(_ phase: LoadEvent.Name, _ server: ServerReader, into readings: inout ProbeReadings)

    /// Fills in its part once the trial is over.
    func complete(_ observation: inout Observation, _ readings: ProbeReadings, _ result: LoadResult)
}

/// What a probe may read of the server under test.
public struct ServerReader: Sendable {
    /// Nil in process, where there is no server process.
    public let pid: Int32?
    package var size: ProcessSize? { pid.flatMap { try? ProcessSize.read(pid: $0) } }

    public init(pid: Int32?) { self.pid = pid }

    public var usage: ResourceUsage? { pid.flatMap { try? ResourceUsage.read(pid: $0) } }
    public var cpu: CPUTime? { pid.flatMap { try? CPUTime.read(pid: $0) } }
    public var switches: ContextSwitches? { pid.flatMap { try? ContextSwitches.read(pid: $0) } }
}

/// The readings of the probes in a trial, by phase.
public struct ProbeReadings: Sendable {
    public var usage: [LoadEvent.Name: ResourceUsage] = [:]
    public var cpu: [LoadEvent.Name: CPUTime] = [:]
    public var switches: [LoadEvent.Name: ContextSwitches] = [:]
    public var kernel: [LoadEvent.Name: KernelSocketMemory] = [:]

    /// Distinct updates that subscribers had received by each phase.
    var delivered: [LoadEvent.Name: Int64] = [:]
    var systemCallCounter: SystemCallCounter?
    var systemCalls: Int64?
    /// The samples of a long window.
    var samples: [WindowSample] = []

    public init() {}

    /// How often the server's threads left the processor in the measuring window.
    public var windowSwitches: ContextSwitches? {
        guard let begin = switches[.measuring], let end = switches[.measured] else { return nil }
        return end - begin
    }

    /// The server's CPU time in the measuring window.
    public var windowCPU: CPUTime? {
        guard let begin = cpu[.measuring], let end = cpu[.measured] else { return nil }
        return end - begin
    }
}
