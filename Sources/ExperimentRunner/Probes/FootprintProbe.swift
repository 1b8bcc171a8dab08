public import ExperimentModel
public import LoadGeneration
import Measurement

/// The server's memory and descriptors, and the host's socket memory: before the first connection, with all held, and
/// after the last was closed.
public struct FootprintProbe: Probe {
    public init() {}

    public var name: String { "footprint" }
    public var purpose: String { "memory and descriptors before, with and after all connections; socket memory" }

    public func read(_ phase: LoadEvent.Name, _ server: ServerReader, into readings: inout ProbeReadings) {
        switch phase {
        case .started, .held, .closed:
            readings.usage[phase] = server.usage
            readings.kernel[phase] = try? KernelSocketMemory.read()
        default: break
        }
    }

    public func complete(_ observation: inout Observation, _ readings: ProbeReadings, _ result: LoadResult) {
        var resources = observation.resources ?? ResourceSummary()
        if readings.usage[.started] != nil {
            var server = resources.server ?? ProcessResources(cpuUserSeconds: 0, cpuSystemSeconds: 0)
            server.before = readings.usage[.started]?.memory
            server.held = readings.usage[.held]?.memory
            server.after = readings.usage[.closed]?.memory
            resources.server = server
        }
        var load = resources.load ?? result.resources
        load.before = result.resources.before
        load.held = result.resources.held
        load.after = result.resources.after
        resources.load = load
        if let before = readings.kernel[.started] {
            resources.kernel = ResourceSummary.KernelMemory(
                before: before.sample, held: readings.kernel[.held]?.sample)
        }
        observation.resources = resources
    }
}

extension KernelSocketMemory {
    fileprivate var sample: ResourceSummary.KernelMemory.Sample {
        ResourceSummary.KernelMemory.Sample(bufferBytes: bufferBytes, slabBytes: slabBytes)
    }
}
