import ExperimentModel
import Measurement
import SeededRandomness

/// Observations of every status, with every optional figure present in some and absent in others.
enum SampleObservations {
    static func full(trial: Int = 1, seed: UInt64 = 1) -> Observation {
        var generator = SeededGenerator(seed: seed)
        var corrected = LatencyHistogram()
        var uncorrected = LatencyHistogram()
        for _ in 0..<100 {
            let nanoseconds = Int64(100_000 + generator.next(below: 900_000))
            corrected.record(nanoseconds: nanoseconds, count: 10)
            uncorrected.record(nanoseconds: nanoseconds - Int64(generator.next(below: 50_000)), count: 10)
        }
        let load = LoadProfile(
            name: "fan-out", connections: 100, orders: 1, updatesPerSecond: 10, burst: 2, slowReaders: 1,
            connectRate: 500)
        var observation = Observation(
            experiment: "sample", run: "sample-20261123T050723Z", seed: seed, trial: trial, block: 1, position: trial,
            cell: Cell(transport: "polling", load: load, pollIntervalSeconds: 2, loops: 2), status: .ok,
            startedAt: "2026-11-23T05:07:23.123456789Z", warmupSeconds: 0.5, measuredSeconds: 2,
            latency: .init(
                corrected: LatencySummary(histogram: corrected.sparse, censored: 1),
                uncorrected: LatencySummary(histogram: uncorrected.sparse, censored: 1)),
            timeToFirstEvent: LatencySummary(histogram: corrected.sparse),
            staleness: StalenessSummary(mean: 1_234.5, p99: 99_999),
            fanOutSkew: LatencySummary(histogram: uncorrected.sparse),
            ledger: LedgerSummary(expected: 1_001, delivered: 1_000, undelivered: 1),
            resources: ResourceSummary(
                server: ProcessResources(
                    cpuUserSeconds: 0.1, cpuSystemSeconds: 0.2, before: .init(rssBytes: 10_000_000),
                    held: .init(rssBytes: 11_000_000, pssBytes: 10_500_000, privateBytes: 9_000_000, descriptors: 112),
                    after: .init(rssBytes: 10_100_000), voluntarySwitches: 100, involuntarySwitches: 3),
                load: ProcessResources(cpuUserSeconds: 0.3, cpuSystemSeconds: 0.4),
                kernel: .init(before: .init(bufferBytes: 4_096), held: .init(bufferBytes: 8_192, slabBytes: 900_000)),
                traffic: .init(
                    wireBytesSent: 300_000, wireBytesReceived: 20_000, requests: 140, upstreamCalls: 40, deliveries: 90,
                    heartbeats: 2),
                systemCalls: .init(count: 450, deliveries: 40)),
            quality: MeasurementQuality(
                loadBusyFraction: 0.35, saturated: false, clientFloorNanoseconds: 40_000,
                pacerLatenessP99Nanoseconds: 70_000, fairness: .init(checked: true, digest: "9f86d081884c7d65"),
                loadDemandFraction: 0.4, loadProcessFraction: 0.2, unknownUpdates: 0))
        observation.slowReaders = SlowReaderSummary(count: 1, cut: 0, positionsLost: 1)
        observation.samples = [
            WindowSample(
                seconds: 1.25, latencyP50: 100_000, latencyP99: 900_000, updates: 500, serverRssBytes: 11_000_000,
                serverDescriptors: 112)
        ]
        return observation
    }

    static func bare(_ status: Observation.Status, trial: Int = 2) -> Observation {
        Observation(
            experiment: "sample", run: "sample-20261123T050723Z", seed: 1, trial: trial, block: 1, position: trial,
            cell: Cell(
                transport: "websocket", server: .floor, protocolVersion: "h2", tls: true, auth: "none",
                heartbeat: .off,
                load: LoadProfile(name: "idle", connections: 1, orders: 1, updatesPerSecond: 0),
                compression: "permessage-deflate", role: .aa, arm: .a),
            status: status, reason: "line one\nline two: \"quoted\" </script> \u{2028} ünïcode",
            startedAt: "2026-11-23T05:07:23Z", warmupSeconds: 0, measuredSeconds: 0)
    }

    /// Nothing arrived: quantiles are absent, everything is censored.
    static func silent(trial: Int = 3) -> Observation {
        var observation = full(trial: trial)
        let nothing = LatencySummary(histogram: SparseHistogram(), censored: 50)
        observation.latency = .init(corrected: nothing, uncorrected: nothing)
        observation.status = .invalid
        observation.reason = "the load generator was saturated"
        return observation
    }

    /// Of a study of auth, with every part of the vector.
    static func auth(trial: Int = 6) -> Observation {
        var observation = Observation(
            experiment: "sample", run: "sample-20261123T050723Z", seed: 1, trial: trial, block: 1, position: trial,
            cell: Cell(
                transport: "websocket", auth: "ticket",
                load: LoadProfile(name: "streams", connections: 20, orders: 1, updatesPerSecond: 50)), status: .ok,
            startedAt: "2026-11-23T05:07:23Z", warmupSeconds: 0, measuredSeconds: 1.5)
        var summary = AuthSummary()
        summary.exchanges = [
            .init(step: "connect", requests: 2, roundTrips: 4, bytesSent: 700, bytesReceived: 600),
            .init(step: "renewal", requests: 0, roundTrips: 1, bytesSent: 300, bytesReceived: 40),
        ]
        summary.exposure = [
            .init(name: "URL", isFound: true, secondsLeft: 29.5, isReusable: false),
            .init(name: "server log", isFound: false),
        ]
        summary.preAuth = [
            .init(kind: "idle TCP", bytes: 5_674, descriptors: 1, seconds: 1.01, limit: "1 s to the header")
        ]
        summary.enforcement = [
            .init(
                cause: "key removal", streams: 20, p50: 100.5, p99: 101, maximum: 101, survivors: 0, lastUpdate: 0,
                clientBusy: 0.4)
        ]
        summary.renewal = [
            .init(way: "in band", gapMilliseconds: 0, replayed: 0, duplicated: 0, lost: 0, reconnects: 0)
        ]
        summary.attacks = [
            .init(name: "no credential", category: "token", expected: "401", observed: "401", isRepelled: true)
        ]
        summary.cpu = [
            .init(work: "handshake", algorithm: "ES256", microseconds: 500.5, ratio: 1.1),
            .init(work: "handshake without a credential", microseconds: 455),
        ]
        summary.reach = [.init(client: "WebSocket", isUsable: true)]
        summary.omissions = [.init(part: "exposure", reason: "nginx is not installed")]
        observation.auth = summary
        return observation
    }

    /// Of a study of capacity, with each part, though a trial has one.
    static func capacity(trial: Int = 20) -> Observation {
        var observation = bare(.ok, trial: trial)
        observation.reason = nil
        observation.cell.goal = CapacityGoal(.updatesPerSecond, atLeast: 0.95, atMost: 2, of: .floor)
        var summary = CapacitySummary(isPinned: true)
        summary.delivery = .init(
            published: 10, delivered: 1_000, seconds: 0.5, cpuUserSeconds: 0.1, cpuSystemSeconds: 0.2,
            bytesPerUpdate: 250.5, clientBusy: 0.5, othersBusy: 0.01, latencyP99Nanoseconds: 250_000)
        summary.systemCalls = .init(updates: 100, calls: ["epoll_ctl": 5])
        summary.holding = .init(
            connections: 100, processes: 2, beforeBytes: 1_000_000,
            rounds: [
                .init(held: 100, lost: 0, leftDescriptors: 0, heldBytes: 1_200_000, afterBytes: 1_010_000)
            ])
        observation.capacity = summary
        return observation
    }

    static let all =
        [full(), bare(.failed), auth(), silent(), bare(.skipped, trial: 4), bare(.invalid, trial: 5)] + sessions + [
            capacity()
        ]
}
