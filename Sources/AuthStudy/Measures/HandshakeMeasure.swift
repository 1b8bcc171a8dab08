import Clocks
public import ExperimentModel
import ExperimentRunner
import Measurement
import Synchronization
import Threads
import TransportCore
import Transports

/// The server's processor time for a connection, with a credential that it verifies and without one.
public struct HandshakeMeasure: Sendable {
    /// A server, and its process.
    public struct Side: Sendable {
        var bench: StudyBench
        var pid: Int32

        public init(_ bench: StudyBench, pid: Int32) {
            self.bench = bench
            self.pid = pid
        }
    }

    let subject: Side
    /// Lets everyone in.
    let baseline: Side
    private static let inFlight = 8
    private static let pauseBeforeReading: Duration = .milliseconds(15)

    public init(_ subject: Side, against baseline: Side) {
        self.subject = subject
        self.baseline = baseline
    }

    /// Blocks of handshakes in turn, there and back (A B B A), so that a drift of the machine affects both equally.
    /// The figures are medians over the blocks, and the ratios are those of one turn, so that a disturbed block does
    /// not change them.
    /// - Parameters:
    ///   - keys: the keys whose tokens are compared; nil for a scheme without tokens. Each handshake has a token that
    ///   the server has not seen. The first key is measured once more with tokens that it has seen.
    ///   - perBlock: the number of handshakes.
    public func blocks(keys: [CredentialKit.Key?], perBlock: Int, rounds: Int = 3) async throws -> [AuthSummary.CPU] {
        let each = Self.inFlight + 2 * rounds * perBlock
        var sides: [(work: String, algorithm: String?, handshaker: Handshaker)] = [
            ("handshake without a credential", nil, try await handshaker(baseline, nil))
        ]
        var microseconds: [[Double]] = []
        try await withEnd {
            for side in sides { await side.handshaker.end() }
        } _: {
            for key in keys {
                let handshaker = try await handshaker(subject, key, credentials: key == nil ? 1 : each)
                sides.append(("handshake", key?.algorithm, handshaker))
            }
            if let key = keys.first ?? nil {
                sides.append(("handshake, token seen before", key.algorithm, try await handshaker(subject, key)))
            }
            for side in sides { _ = try await side.handshaker.block(Self.inFlight) }
            microseconds = [[Double]](repeating: [], count: sides.count)
            for turn in 0..<(2 * rounds) {
                let order = turn.isMultiple(of: 2) ? Array(sides.indices) : sides.indices.reversed()
                for index in order {
                    microseconds[index].append(
                        Double(try await sides[index].handshaker.block(perBlock)) / 1e3 / Double(perBlock))
                }
            }
        }
        return sides.indices.map { index in
            let ratios = zip(microseconds[index], microseconds[0]).lazy.filter { $1 > 0 }.map { $0 / $1 }
            return AuthSummary.CPU(
                work: sides[index].work, algorithm: sides[index].algorithm,
                microseconds: Quantiles(microseconds[index]).median ?? 0,
                ratio: index > 0 ? Quantiles(ratios).median : nil)
        }
    }

    /// Handshakes at a rate that does not wait for the server, with tokens of the first key.
    /// - Throws: `StudyError` where the rate is not kept.
    public func openLoop(perSecond: Double, count: Int) async throws -> AuthSummary.CPU {
        let one = try await handshaker(subject, subject.bench.hasToken ? .es256 : nil)
        let other = try await handshaker(baseline, nil)
        var (with, without): (Int64, Int64) = (0, 0)
        try await withEnd {
            for side in [one, other] { await side.end() }
        } _: {
            // Half of each, there and back.
            with += try await one.openLoop(perSecond, count / 2)
            without += try await other.openLoop(perSecond, count / 2)
            without += try await other.openLoop(perSecond, count / 2)
            with += try await one.openLoop(perSecond, count / 2)
        }
        let made = Double(count / 2 * 2)
        return AuthSummary.CPU(
            work: "\(Int(perSecond)) reconnects a second", algorithm: subject.bench.hasToken ? "ES256" : nil,
            microseconds: Double(with) / 1e3 / made, ratio: without > 0 ? Double(with) / Double(without) : nil)
    }

    /// - Parameter credentials: how many it uses in turn.
    private func handshaker(_ side: Side, _ key: CredentialKit.Key?, credentials: Int = 1) async throws -> Handshaker {
        let bench = side.bench
        var all: [Credential] = []
        for _ in 0..<credentials {
            guard bench.target.scheme != "none" else { break }
            let token = try key.map { try bench.kit.token(scopes: [.read], key: $0) }
            all.append(try await bench.exchange().credential(of: bench.target.scheme, token: token))
        }
        var configuration = ClientConfiguration()
        configuration.trustedAuthorities = bench.target.authority
        configuration.certificate = bench.ownCertificate
        return Handshaker(
            side, all.isEmpty ? [.none] : all, client: try await bench.transport.makeClient(configuration))
    }

    /// Opens connections as one client, and closes each once it has its first event.
    private final class Handshaker: Sendable {
        private let side: Side
        private let credentials: [Credential]
        private let used = Atomic(0)
        private let client: any TransportClient

        init(_ side: Side, _ credentials: [Credential], client: any TransportClient) {
            self.side = side
            self.credentials = credentials
            self.client = client
        }

        func end() async { await client.shutdown() }

        /// The server's processor time, in nanoseconds.
        func block(_ count: Int) async throws -> Int64 {
            let before = try CPUTime.read(pid: side.pid)
            var under: [(ConnectionID, StreamWatch)] = []
            for _ in 0..<count {
                if under.count == inFlight { try await finish(under.removeFirst()) }
                under.append(try open())
            }
            for one in under { try await finish(one) }
            return try await spent(since: before)
        }

        func openLoop(_ perSecond: Double, _ count: Int) async throws -> Int64 {
            let clock = MonotonicClock()
            let before = try CPUTime.read(pid: side.pid)
            let start = clock.now
            var under: [(ConnectionID, StreamWatch)] = []
            for number in 0..<count {
                let due = start.advanced(by: .nanoseconds(Int64(Double(number) / perSecond * 1e9)))
                let rest = clock.now.duration(to: due)
                if rest > .zero { try await Task.sleep(for: rest) }
                under.append(try open())
                while let first = under.first, first.1.now.firstEventAt != nil { try await finish(under.removeFirst()) }
            }
            for one in under { try await finish(one) }
            let seconds = start.duration(to: clock.now).seconds
            guard seconds < 1.15 * Double(count) / perSecond else {
                throw StudyError(
                    "server and client together made \(Int(Double(count) / seconds)) connections a second on this machine, "
                        + "not \(Int(perSecond))")
            }
            return try await spent(since: before)
        }

        private func open() throws -> (ConnectionID, StreamWatch) {
            let watch = StreamWatch()
            let bench = side.bench
            let credential = credentials[used.add(1, ordering: .relaxed).oldValue % credentials.count]
            return (client.open(bench.subscription(to: try bench.quietOrder, credential), handler: watch), watch)
        }

        private func finish(_ one: (id: ConnectionID, watch: StreamWatch)) async throws {
            try await one.watch.wait("its first event") { $0.firstEventAt != nil }
            client.close(one.id)
        }

        private func spent(since before: CPUTime) async throws -> Int64 {
            // The server notices the last ends a moment later.
            try await Task.sleep(for: pauseBeforeReading)
            return (try CPUTime.read(pid: side.pid) - before).totalNanoseconds
        }
    }
}
