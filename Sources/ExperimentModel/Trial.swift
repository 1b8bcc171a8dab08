/// One measurement of one cell.
public struct Trial: Codable, Hashable, Sendable {
    /// Counted from 1, in the order of execution.
    public var number: Int
    /// The repetition, counted from 1.
    public var block: Int
    /// The position in the block, counted from 1.
    public var position: Int
    public var cell: Cell
    public var warmupSeconds: Double
    public var measureSeconds: Double

    public init(
        number: Int, block: Int, position: Int, cell: Cell, warmupSeconds: Double, measureSeconds: Double
    ) {
        self.number = number
        self.block = block
        self.position = position
        self.cell = cell
        self.warmupSeconds = warmupSeconds
        self.measureSeconds = measureSeconds
    }

    /// Connecting, warm-up and measuring, which `maximumSeconds` limits. `TrialDuration` has the time by the clock.
    public var estimatedSeconds: Double { connectSeconds + warmupSeconds + measureSeconds }

    /// Both ends of a connection run on the same machine: about 200 us plain, 2 ms with a TLS handshake.
    private var connectSeconds: Double {
        let each = cell.tls ? 0.002 : 0.0002
        let unhurried = Double(cell.load.connections) * each
        guard let rate = cell.load.connectRate else { return unhurried }
        return max(unhurried, Double(cell.load.connections) / rate)
    }
}
