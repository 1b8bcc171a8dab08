import ExperimentModel
import LoadGeneration
import Measurement

/// The result of a study of delivery: latency, staleness, ledger, and the processor time, bytes and requests of a
/// delivery.
struct DeliveryProbe: Probe {
    var name: String { "delivery" }
    var purpose: String { "latency, staleness and ledger; CPU, bytes and requests for each update" }

    func read(_ phase: LoadEvent.Name, _ server: ServerReader, into readings: inout ProbeReadings) {
        switch phase {
        // Cheap enough for the ends of the window itself.
        case .measuring, .measured:
            readings.cpu[phase] = server.cpu
            readings.switches[phase] = server.switches
        default: break
        }
    }

    func complete(_ observation: inout Observation, _ readings: ProbeReadings, _ result: LoadResult) {
        observation.latency = result.latency
        // A floor has no snapshot: its first event is the first of its schedule, which begins when all have
        // connected.
        observation.timeToFirstEvent = observation.cell.server == .floor ? nil : result.timeToFirstEvent
        observation.staleness = result.staleness
        observation.fanOutSkew = result.fanOutSkew
        observation.ledger = result.ledger
        observation.slowReaders = result.slowReaders.count > 0 ? result.slowReaders : nil
        var resources = observation.resources ?? ResourceSummary()
        if let cpu = readings.windowCPU {
            var server =
                resources.server ?? ProcessResources(cpuUserSeconds: 0, cpuSystemSeconds: 0)
            server.cpuUserSeconds = cpu.userSeconds
            server.cpuSystemSeconds = cpu.systemSeconds
            server.voluntarySwitches = readings.windowSwitches?.voluntary
            server.involuntarySwitches = readings.windowSwitches?.involuntary
            resources.server = server
        }
        var load = resources.load ?? result.resources
        load.cpuUserSeconds = result.resources.cpuUserSeconds
        load.cpuSystemSeconds = result.resources.cpuSystemSeconds
        load.voluntarySwitches = result.resources.voluntarySwitches
        load.involuntarySwitches = result.resources.involuntarySwitches
        resources.load = load
        if let received = result.traffic.bytesReceived, let sent = result.traffic.bytesSent {
            // From the server's point of view: it sent what the subscribers received.
            resources.traffic = ResourceSummary.Traffic(
                wireBytesSent: received, wireBytesReceived: sent, requests: result.traffic.requests,
                upstreamCalls: result.traffic.stateReads, deliveries: result.traffic.deliveries,
                heartbeats: result.heartbeats)
        }
        observation.resources = resources
    }
}
