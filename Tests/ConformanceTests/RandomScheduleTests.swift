import OrderUpdates
import SeededRandomness
import Testing
import TransportCore

/// Random publishes, stalls, cuts, resumes and server restarts: no subscriber may miss, repeat or reorder an update without
/// being told (DESIGN 3). A seed that once failed stays in the list.
@Suite(.serialized) struct RandomScheduleTests {
    static let seeds: [UInt64] = [1, 2, 3, 4, 5, 6]

    @Test("The invariant holds under any schedule", arguments: Variant.replaying, seeds)
    func keepsTheInvariant(_ variant: Variant, _ seed: UInt64) async throws {
        try await Stage.with(variant, history: 24) { configuration in
            configuration.limits.pendingBytes = 32 * 1024
            configuration.heartbeat = .init(
                kind: variant.capabilities.heartbeats.first ?? .off, interval: .milliseconds(50))
            configuration.loops = 2
        } _: { stage in
            var schedule = try await Schedule(stage, seed: seed)
            for _ in 0..<150 { try await schedule.step() }
            try await schedule.quiesce()
        }
    }
}

private struct Schedule {
    /// A subscriber over all its connections.
    private struct Reader {
        let orders: [OrderID]
        var connections: [Subscriber]
        var isReading = true
    }

    private let stage: Stage
    private let orders: [OrderID]
    private var readers: [Reader] = []
    private var generator: SplitMix64
    private var actions: [String] = []

    init(_ stage: Stage, seed: UInt64) async throws {
        self.stage = stage
        generator = SplitMix64(seed: seed)
        orders = try (0..<3).map { try stage.create("random-\($0)") }
        var sets = [[orders[0]], [orders[0]], [orders[1]], [orders[2]]]
        if stage.variant.capabilities.carriesManyOrders { sets += [orders, [orders[2], orders[0]]] }
        readers = sets.map { Reader(orders: $0, connections: [stage.open(stage.subscription($0))]) }
    }

    mutating func step() async throws {
        let reader = Int.random(in: readers.indices, using: &generator)
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<55: try publish()
        case 55..<70: try await reconnect(reader)
        case 70..<80: setReading(false, reader)
        case 80..<90: setReading(true, reader)
        case 90..<99: if readers[reader].isReading { try await catchUp(reader) }
        default: try await restart()
        }
    }

    private mutating func publish() throws {
        let order = orders.randomElement(using: &generator)!
        let count = Int.random(in: 1...8, using: &generator)
        let size = 1 << Int.random(in: 0...12, using: &generator)
        actions.append("publish \(count) of \(size) bytes to \(order)")
        try stage.publish(order, count: count, String(repeating: "x", count: size))
    }

    private mutating func setReading(_ reads: Bool, _ reader: Int) {
        actions.append("reader \(reader) \(reads ? "reads" : "stalls")")
        readers[reader].isReading = reads
        readers[reader].connections.last!.setReading(reads)
    }

    /// Cuts a connection wherever it is, and resumes after what was received, or starts afresh.
    private mutating func reconnect(_ reader: Int) async throws {
        let connection = readers[reader].connections.last!
        try await connection.close()
        let isFresh = Int.random(in: 0..<4, using: &generator) == 0
        actions.append("reader \(reader) \(isFresh ? "starts afresh" : "resumes")")
        continueReader(
            reader, with: isFresh ? stage.open(stage.subscription(readers[reader].orders)) : connection.resume())
    }

    private mutating func continueReader(_ reader: Int, with connection: Subscriber) {
        readers[reader].connections.append(connection)
        readers[reader].isReading = true
    }

    private mutating func restart() async throws {
        actions.append("the server restarts")
        try await stage.replaceServer()
        for reader in readers.indices {
            let connection = readers[reader].connections.last!
            connection.setReading(true)
            _ = try await connection.recorder.untilClosed()
            continueReader(reader, with: connection.resume())
        }
    }

    private mutating func catchUp(_ reader: Int) async throws {
        actions.append("reader \(reader) catches up")
        do {
            try await readers[reader].connections.last!.catchUp()
        } catch {
            Issue.record("\(error)\nafter \(actions.suffix(30).joined(separator: "\n  "))")
            throw error
        }
    }

    /// Everyone reads to the end, and the books are checked.
    mutating func quiesce() async throws {
        for reader in readers.indices {
            if !readers[reader].isReading { setReading(true, reader) }
            try await catchUp(reader)
        }
        for reader in readers { stage.check(reader.connections) }
    }
}
