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
        let summary = recorder.withState { $0.summary() }
        let (answers, unknown, heartbeats, slowLost) = recorder.withState {
            ($0.answers, $0.unknownUpdates, $0.heartbeats, $0.slowPositionsLost)
        }
        let connections = recorder.connections
        let statistics = publisher?.statistics ?? PublisherStatistics()
        // A poll has one answer. A long poll's answer can hold several updates, so its requests are counted on the wire; a
        // transport without heartbeats is one that asks again and again.
        let asks = transport.capabilities.heartbeats.isEmpty
        let requests = !asks ? 0 : transport.capabilities.replays ? measured.bytes.segmentsSent : answers
        let hasSockets = measured.bytes.received > 0 || measured.bytes.sent > 0
        return LoadResult(
            connections: specification.load.connections, connectSeconds: measured.connectSeconds,
            measuredSeconds: Double(measured.window.count) / 1e9,
            windowStartedAt: Timestamp.string(measured.windowTimestamp), latency: summary.latency,
            timeToFirstEvent: summary.timeToFirstEvent, staleness: summary.staleness, fanOutSkew: summary.fanOutSkew,
            ledger: summary.ledger,
            resources: ProcessResources(
                cpuUserSeconds: measured.cpu.userSeconds, cpuSystemSeconds: measured.cpu.systemSeconds,
                before: memory.before.memory, held: memory.held.memory, after: memory.after.memory),
            busyFraction: measured.busyFraction,
            publishing: LoadResult.Publishing(
                updates: summary.updates, latenessP99Nanoseconds: measured.latenessP99, refused: statistics.refused,
                firstRefusal: statistics.firstRefusal, unanswered: statistics.unanswered),
            traffic: LoadResult.Traffic(
                bytesReceived: hasSockets ? measured.bytes.received : nil,
                bytesSent: hasSockets ? measured.bytes.sent : nil, requests: requests,
                stateReads: transport.capabilities.replays ? 0 : requests),
            slowReaders: LoadResult.SlowReaders(
                count: specification.load.slowReaders, cut: connections.slowEnded, positionsLost: slowLost),
            disconnections: connections.ended, firstDisconnection: connections.firstCause,
            negativeLatencies: summary.negativeLatencies, unknownUpdates: unknown, heartbeats: heartbeats,
            fairnessDigest: digest)
    }
}
