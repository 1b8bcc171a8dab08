import Clocks
import ExperimentModel
import Glibc
import Measurement
import TransportCore

extension LoadRun {
    var ownPID: Int32 { getpid() }

    func result(
        _ measured: Measured, _ recorder: PopulationRecorder, digest: String?,
        memory: (before: ResourceUsage, held: ResourceUsage, after: ResourceUsage)
    ) -> LoadResult {
        let summary = recorder.withState { $0.summary(end: measured.end) }
        let (answers, unknown, received, heartbeats, slowLost, arrivals, jumps) = recorder.withState {
            (
                $0.answers, $0.unknownUpdates, $0.deliveries, $0.heartbeats, $0.slowPositionsLost, $0.arrivals,
                $0.numberJumps
            )
        }
        let connections = recorder.connections
        let statistics = publisher?.statistics ?? PublisherStatistics()
        // A poll has one answer. The answer to a long poll may contain several updates, so its requests are counted on
        // the wire. A transport without heartbeats is one that sends requests repeatedly.
        let asks = transport.capabilities.heartbeats.isEmpty
        let requests = !asks ? 0 : transport.capabilities.replays ? measured.bytes?.segmentsSent ?? 0 : answers
        // The kernel's counters of closed sockets are gone, so the sum would be too small.
        let bytes = connections.ended == 0 ? measured.bytes : nil
        var result = LoadResult(
            connections: specification.load.connections, connectSeconds: measured.connectSeconds,
            measuredSeconds: Double(measured.window.count) / 1e9,
            windowStartedAt: Timestamp.string(measured.windowTimestamp), latency: summary.latency,
            timeToFirstEvent: summary.timeToFirstEvent, staleness: summary.staleness, fanOutSkew: summary.fanOutSkew,
            ledger: summary.ledger,
            resources: ProcessResources(
                cpuUserSeconds: measured.cpu.userSeconds, cpuSystemSeconds: measured.cpu.systemSeconds,
                before: memory.before.memory, held: memory.held.memory, after: memory.after.memory,
                voluntarySwitches: measured.switches?.voluntary, involuntarySwitches: measured.switches?.involuntary),
            busyFraction: measured.busyFraction,
            publishing: LoadResult.Publishing(
                updates: summary.updates, latenessP99Nanoseconds: summary.latenessP99, refused: statistics.refused,
                firstRefusal: statistics.firstRefusal?.cause, firstRefusalStatus: statistics.firstRefusal?.status,
                unanswered: statistics.unanswered),
            traffic: LoadResult.Traffic(
                bytesReceived: bytes?.received, bytesSent: bytes?.sent, requests: requests,
                stateReads: transport.capabilities.replays ? 0 : requests, deliveries: arrivals),
            slowReaders: SlowReaderSummary(
                count: specification.load.slowReaders, cut: connections.slowEnded, positionsLost: slowLost),
            disconnections: connections.ended, firstDisconnection: connections.first?.cause.explanation,
            negativeLatencies: summary.negativeLatencies, unknownUpdates: unknown, heartbeats: heartbeats,
            fairnessDigest: digest)
        result.demandFraction = measured.demandFraction
        result.receivedUpdates = received
        if jumps > 0 { result.numberJumps = jumps }
        if specification.publishing == .http {
            if summary.refusedUpdates > 0 { result.publishing.refusedUpdates = summary.refusedUpdates }
            if summary.unconfirmedUpdates > 0 { result.publishing.unconfirmedUpdates = summary.unconfirmedUpdates }
        }
        if specification.publishing == .elsewhere {
            let silent = recorder.withState { $0.silent }
            if silent > 0 { result.silentConnections = silent }
            result.clock =
                "latency counts from the time that a payload says, by the clock of whoever published it, to its arrival by this "
                + "machine's wall clock: what the two differ by is in every figure"
        }
        let capacity = Double(measured.window.count) / 1e9 * Double(AllowedProcessors.current.count)
        result.processFraction = min(1, measured.cpu.totalSeconds / capacity)
        return result
    }
}
