import ExperimentModel
import Glibc
import Measurement
import SeededRandomness

/// A made-up run with realistic figures, from a seed: what the tests and the committed fixtures are made of.
struct SampleRun {
    var experiment = "quick"
    var seed: UInt64 = 20_261_123
    var blocks = 5
    var loads = [SampleRun.fanOut, SampleRun.perOrder]
    var pollIntervals: [Double] = [5]
    var tls = [false, true]
    var hasFloor = true
    var hasNoisePair = true
    /// At most so many values a trial, each standing for several deliveries.
    var samples = 1500
    /// The step of the third digit: a coarse one keeps fixtures small, and the shape of a curve does not need it.
    var step = 4.0

    static let fanOut = LoadProfile(name: "fan-out", connections: 1000, orders: 1, updatesPerSecond: 10)
    static let perOrder = LoadProfile(name: "per-order", connections: 500, orders: 500, updatesPerSecond: 1000)

    /// How a transport behaves, in nanoseconds and bytes.
    struct Character {
        var median: Double
        var spread: Double
        var cpu: Double
        var bytes: Double
        var memory: Double
    }

    static func character(_ cell: Cell) -> Character {
        var character =
            switch (cell.transport, cell.protocolVersion) {
            case ("sse", "h1"): Character(median: 720_000, spread: 0.34, cpu: 14_100, bytes: 268, memory: 1190)
            case ("sse", _): Character(median: 880_000, spread: 0.37, cpu: 17_900, bytes: 254, memory: 2310)
            case ("websocket", _): Character(median: 690_000, spread: 0.33, cpu: 12_700, bytes: 241, memory: 1480)
            case ("long-polling", _): Character(median: 1_350_000, spread: 0.45, cpu: 44_000, bytes: 742, memory: 2950)
            default: Character(median: 410_000, spread: 0.4, cpu: 96_000, bytes: 1240, memory: 2700)
            }
        if cell.server == .floor {
            character.cpu *= 0.93
            character.median *= 0.95
        }
        if cell.tls {
            character.median *= 1.19
            character.cpu *= 1.42
            character.bytes += 29
            character.memory += 16_900
        }
        if cell.load.name == "per-order" {
            character.median *= 0.23
            character.cpu *= 1.9
        }
        return character
    }

    var cells: [Cell] {
        var cells: [Cell] = []
        for load in loads {
            for tls in tls {
                func add(_ transport: String, _ version: String = "h1", poll: Double? = nil) {
                    cells.append(
                        Cell(
                            transport: transport, protocolVersion: version, tls: tls, load: load,
                            pollIntervalSeconds: poll))
                }
                add("sse")
                add("sse", "h2")
                add("websocket")
                add("long-polling")
                for interval in pollIntervals { add("polling", poll: interval) }
            }
            if hasFloor {
                for transport in ["sse", "websocket"] {
                    cells.append(
                        Cell(transport: transport, server: .floor, auth: "none", load: load, role: .floor))
                }
            }
        }
        if hasNoisePair, let load = loads.first {
            for arm in [Cell.Arm.a, .b] { cells.append(Cell(transport: "sse", load: load, role: .aa, arm: arm)) }
        }
        return cells
    }

    /// The lines, in the shuffled order of their blocks.
    func observations() -> [Observation] {
        var generator = SeededGenerator(seed: seed)
        var lines: [Observation] = []
        for block in 1...blocks {
            // What the machine does to every trial of a block: the reason for pairing.
            let weather = exp(0.05 * normal(&generator))
            for (position, cell) in generator.shuffled(cells).enumerated() {
                lines.append(
                    trial(
                        cell, number: lines.count + 1, block: block, position: position + 1, weather: weather,
                        &generator))
            }
        }
        return lines
    }

    func skipped(_ cell: Cell, trial: Int, reason: String) -> Observation {
        line(cell, number: trial, block: 1, position: trial, status: .skipped, reason: reason)
    }

    func line(
        _ cell: Cell, number: Int, block: Int, position: Int, status: Observation.Status, reason: String? = nil
    ) -> Observation {
        let seconds = number * 3
        let time = [seconds / 3600 + 9, seconds / 60 % 60, seconds % 60].map { ($0 < 10 ? "0" : "") + "\($0)" }
        return Observation(
            experiment: experiment, run: "\(experiment)-20261123T090000Z", seed: seed, trial: number, block: block,
            position: position, cell: cell, status: status, reason: reason,
            startedAt: "2026-11-23T\(time.joined(separator: ":"))Z", warmupSeconds: 0.5,
            measuredSeconds: status == .ok || status == .invalid ? 2 : 0)
    }

    func trial(
        _ cell: Cell, number: Int, block: Int, position: Int, weather: Double, _ generator: inout SeededGenerator
    ) -> Observation {
        var line = line(cell, number: number, block: block, position: position, status: .ok)
        let character = Self.character(cell)
        let factor = weather * exp(0.03 * normal(&generator))
        let expected = Int64(cell.load.updatesPerSecond * Double(cell.load.connections) / Double(cell.load.orders) * 2)
        var corrected: [Int64] = []
        var uncorrected: [Int64] = []
        var censored: Int64 = 0
        var coalesced: Int64 = 0
        let samples = Int(min(expected, Int64(samples)))
        let weight = max(1, expected / Int64(samples))
        for _ in 0..<samples {
            var value = character.median * factor * exp(character.spread * normal(&generator))
            if generator.nextUnit() < 0.004 { value *= 3 + 5 * generator.nextUnit() }
            if let interval = cell.pollIntervalSeconds {
                let wait = generator.nextUnit() * interval * 1e9
                guard wait < 2e9 * generator.nextUnit() else {
                    if generator.nextUnit() < 0.5 { coalesced += weight } else { censored += weight }
                    continue
                }
                value += wait
            }
            let lateness = 9_000 * exp(0.5 * normal(&generator))
            corrected.append(rounded(value + lateness))
            uncorrected.append(rounded(value))
        }
        let entries = { (values: [Int64]) in
            SparseHistogram(values.map { SparseHistogram.Entry(value: $0, count: weight) })
        }
        line.latency = .init(
            corrected: LatencySummary(histogram: entries(corrected), censored: censored),
            uncorrected: LatencySummary(histogram: entries(uncorrected), censored: censored))
        let delivered = Int64(corrected.count) * weight
        let age = cell.pollIntervalSeconds.map { $0 * 0.31e9 } ?? character.median * factor * 0.012
        line.staleness = StalenessSummary(
            mean: age * factor, p99: Int64(cell.pollIntervalSeconds.map { $0 * 0.96e9 } ?? character.median * 1.4))
        line.ledger = LedgerSummary(
            expected: delivered + coalesced + censored, delivered: delivered, coalesced: coalesced,
            undelivered: censored)
        let noise = exp(0.02 * normal(&generator))
        let cpu = character.cpu * noise * Double(delivered) / 1e9
        let grown = Int64(Double(cell.load.connections) * character.memory * exp(0.01 * normal(&generator)))
        line.resources = ResourceSummary(
            server: ProcessResources(
                cpuUserSeconds: cpu * 0.3, cpuSystemSeconds: cpu * 0.7,
                before: .init(rssBytes: 11_534_336, privateBytes: 6_291_456, descriptors: 14),
                held: .init(
                    rssBytes: 11_534_336 + grown, privateBytes: 6_291_456 + grown,
                    descriptors: 14 + cell.load.connections),
                after: .init(
                    rssBytes: 11_534_336 + grown / 20, privateBytes: 6_291_456 + grown / 20, descriptors: 14),
                voluntarySwitches: delivered / 20, involuntarySwitches: delivered / 1_000),
            load: ProcessResources(
                cpuUserSeconds: cpu * 0.4, cpuSystemSeconds: cpu * 0.5,
                before: .init(rssBytes: 15_728_640, privateBytes: 8_388_608, descriptors: 20),
                held: .init(
                    rssBytes: 15_728_640 + 2 * grown, privateBytes: 8_388_608 + 2 * grown,
                    descriptors: 20 + cell.load.connections),
                voluntarySwitches: delivered / 8, involuntarySwitches: delivered / 500),
            kernel: .init(
                before: .init(bufferBytes: 40_960),
                held: .init(bufferBytes: 40_960 + Int64(cell.load.connections) * 8700)),
            traffic: .init(
                wireBytesSent: Int64(character.bytes * Double(delivered)),
                wireBytesReceived: cell.pollIntervalSeconds == nil ? 0 : 420 * delivered,
                requests: cell.pollIntervalSeconds == nil ? 0 : delivered + 600,
                upstreamCalls: cell.pollIntervalSeconds == nil ? 0 : delivered + 600,
                deliveries: delivered, heartbeats: ["sse", "websocket"].contains(cell.transport) ? 12 : 0),
            systemCalls: .init(count: delivered / 4, deliveries: delivered / 5))
        line.quality = MeasurementQuality(
            loadBusyFraction: 0.28 + 0.2 * generator.nextUnit(), saturated: false, clientFloorNanoseconds: 21_000,
            pacerLatenessP99Nanoseconds: 34_000, fairness: .init(checked: true, digest: "5d41402abc4b2a76"),
            loadDemandFraction: 0.52, loadProcessFraction: 0.31)
        return line
    }

    /// Three significant digits, upper end.
    private func rounded(_ value: Double) -> Int64 {
        var scale = 1.0
        while value / scale >= 1000 { scale *= 10 }
        return Int64((value / scale / step).rounded(.up) * step * scale)
    }

    private func normal(_ generator: inout SeededGenerator) -> Double {
        let radius = (-2 * log(1 - generator.nextUnit())).squareRoot()
        return radius * cos(2 * Double.pi * generator.nextUnit())
    }

    static let environment = EnvironmentRecord(
        recordedAt: "2026-11-23T09:00:00Z", hostname: "bench-1",
        kernel: "Linux 6.1.0-26-amd64 #1 SMP Debian 6.1.112-1 x86_64",
        operatingSystem: "Debian GNU/Linux 12 (bookworm)", cpuModel: "AMD EPYC 7763 64-Core Processor", cores: 2,
        governor: nil, memoryBytes: 8_326_053_888, descriptorLimit: .init(soft: 20_000, hard: 20_000),
        loadAtStart: [0.12, 0.2, 0.18], gitRevision: "4fa8e77c0f2d", swiftVersion: "6.3.1",
        libraries: ["libwebsockets": "4.1.6", "OpenSSL": "3.0.17", "libuv": "1.44.2"])
}
