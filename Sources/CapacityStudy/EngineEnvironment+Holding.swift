import ExperimentModel
import ExperimentRunner

extension EngineEnvironment {
    private static let closePatience: Duration = .seconds(20)

    /// Holds the load's connections and closes them, in each round. Where one process may not hold them all, they are spread evenly over
    /// several servers, each with a load client.
    ///
    /// - Parameters:
    ///   - warmUp: connections that each server holds before its memory is read. What a server allocates once, on first use, is not
    ///     part of a connection's memory.
    ///   - rest: the time that servers have to return memory after connections were closed.
    func hold(rounds: Int, warmUp: Int, rest: Duration) async throws -> CapacitySummary.Holding {
        let shares = ConnectionShares.even(
            of: cell.load.connections, limit: CellLegality.connectionsOfOneProcess)
        let held = Duration.nanoseconds(Int64(trial.measureSeconds * 1e9))
        return try await serve(servers: shares.count) { servers in
            let empty = try servers.map(Self.descriptors)
            if warmUp > 0 {
                _ = try await round(servers, shares.map { _ in warmUp }, empty, held, rest)
            }
            var holding = CapacitySummary.Holding(
                connections: cell.load.connections, processes: shares.count, beforeBytes: try Self.memory(servers),
                rounds: [])
            for _ in 0..<rounds {
                holding.rounds.append(try await round(servers, shares, empty, held, rest))
            }
            return holding
        }
    }

    private func round(
        _ servers: [ServerProcess], _ shares: [Int], _ empty: [Int], _ held: Duration, _ rest: Duration
    ) async throws -> CapacitySummary.Holding.Round {
        var round = try await connect(shares, to: servers) { clients in
            try await Task.sleep(for: held)
            var round = CapacitySummary.Holding.Round(
                held: try zip(servers, empty).reduce(0) { $0 + (try Self.descriptors($1.0)) - $1.1 }, lost: 0,
                leftDescriptors: 0, heldBytes: try Self.memory(servers), afterBytes: 0)
            for client in clients { round.lost += try await client.finish().lost }
            return round
        }
        for (server, empty) in zip(servers, empty) { round.leftDescriptors += try await left(server, beside: empty) }
        try await Task.sleep(for: rest)
        round.afterBytes = try Self.memory(servers)
        return round
    }

    /// Connects a load client for each share to the server of its place.
    private func connect<Result: Sendable>(
        _ shares: [Int], to servers: [ServerProcess], _ body: ([LoadClient]) async throws -> Result
    ) async throws -> Result {
        try await Self.nest(
            shares.count, { index, body in try await connect(shares[index], to: servers[index], ["--hold"], body) },
            body)
    }

    /// Descriptors of connections that a server still holds when its time to close them has passed.
    private func left(_ server: ServerProcess, beside empty: Int) async throws -> Int {
        let isEmpty = try await Polling.isTrue(within: Self.closePatience, every: .milliseconds(50)) {
            try Self.descriptors(server) <= empty
        }
        return isEmpty ? 0 : max(0, try Self.descriptors(server) - empty)
    }
}

package enum ConnectionShares {
    /// Splits connections into as few parts as the limit allows; parts differ by at most one.
    package static func even(of connections: Int, limit: Int) -> [Int] {
        let count = (connections - 1) / max(limit, 1) + 1
        return (0..<count).map { connections / count + ($0 < connections % count ? 1 : 0) }
    }
}

extension CapacitySummary.Holding {
    /// Why the memory of a connection cannot be measured; nil where all connections were held and closed.
    var rejection: String? {
        for round in rounds where round.lost > 0 { return "\(round.lost) idle connections were lost" }
        for round in rounds where round.leftDescriptors > 0 {
            return "the server still held \(round.leftDescriptors) descriptors after its clients had left"
        }
        return grownBytes > 0 ? nil : "the server's memory did not grow"
    }
}
