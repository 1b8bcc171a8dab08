import Clocks
public import ExperimentModel
import ExperimentRunner
import OrderUpdates
public import TransportCore
import Transports

/// What happens to a stream whose credential ends and is replaced by a later one.
public struct RenewalMeasure: Sendable {
    public enum Way: String, Hashable, Sendable, CaseIterable {
        /// The server ends the stream; the client reconnects with the later credential and resumes.
        case reconnect
        /// A message on the stream itself.
        case inBand = "in band"
        /// A request beside the stream.
        case sideRequest = "side request"
    }

    let bench: StudyBench
    /// How long a renewed stream is watched after the end of its first credential.
    private static let afterwards: Duration = .milliseconds(250)

    public init(_ bench: StudyBench) { self.bench = bench }

    /// The ways that a cell has. A poll carries its credential itself, so a poller has no stream to renew.
    public static func ways(of scheme: String, over transport: TransportName) -> [Way] {
        guard scheme != "none", transport != .polling else { return [] }
        if scheme == "mtls" || transport == .longPolling { return [.reconnect] }
        return transport == .websocket ? [.reconnect, .inBand, .sideRequest] : [.reconnect, .sideRequest]
    }

    /// Measures all ways at the same time, because they wait for the same moment.
    public func measure(_ ways: [Way]) async throws -> [AuthSummary.Renewal] {
        try await bench.beforeSecond(in: 0.25 + 0.05 * Double(ways.count)) { end in try await measure(ways, end) }
    }

    private func measure(_ ways: [Way], _ end: Int64) async throws -> [AuthSummary.Renewal] {
        try await withThrowingTaskGroup(of: (Int, AuthSummary.Renewal).self) { group in
            for (index, way) in ways.enumerated() { group.addTask { (index, try await measure(way, end)) } }
            var results: [(Int, AuthSummary.Renewal)] = []
            for try await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func measure(_ way: Way, _ end: Int64) async throws -> AuthSummary.Renewal {
        let exchange = bench.exchange()
        let order = bench.orders[0]
        var certificate: CertificateFiles?
        if !bench.hasToken {
            let life = end - bench.clock.unixNanoseconds / 1_000_000_000
            certificate = try await bench.kit.makeCertificate(lifetime: .seconds(life)).files.clientFiles
        }
        let first = try bench.kit.namedToken(expires: end)
        let second = try bench.kit.namedToken()
        let credential = try await exchange.credential(of: bench.target.scheme, token: first.text)
        return try await bench.withClient(certificate: certificate) { client in
            let watch = StreamWatch(keepsLog: true)
            let connection = client.open(bench.subscription(to: order, credential), handler: watch)
            try await watch.wait("the first update") { $0.updates > 0 }
            guard bench.clock.unixNanoseconds < end * 1_000_000_000 else {
                var error = StudyError("the stream was not open before its credential expired")
                error.isTooLate = true
                throw error
            }
            switch way {
            case .reconnect: return try await comeBack(watch, to: order, second.text, end)
            case .inBand: client.renew(connection, with: second.text)
            case .sideRequest:
                let answer = try await exchange.send(
                    "POST", "/renewals", .bearer(second.text), body: "{\"tokenId\":\"\(first.id)\"}")
                guard answer.status == 200 else { throw StudyError("the renewal was answered with \(answer.status)") }
            }
            try await watch.waitForEnd(orUnixNanoseconds: end * 1_000_000_000 + Self.afterwards.nanoseconds)
            if watch.now.closedAt != nil { return try await comeBack(watch, to: order, second.text, end, way) }
            return result(way, [watch.now], gap: 0, reconnects: 0)
        }
    }

    private func comeBack(
        _ watch: StreamWatch, to order: OrderID, _ token: String, _ end: Int64, _ way: Way = .reconnect
    ) async throws -> AuthSummary.Renewal {
        // The later credential and the client exist before the stream ends, as in an application that plans ahead.
        try await bench.withClient { client in
            let credential = try await bench.exchange().credential(of: bench.target.scheme, token: token)
            try await watch.waitForEnd(orUnixNanoseconds: (end + 3) * 1_000_000_000)
            guard watch.now.closedAt != nil else { throw StudyError("a stream outlived its credential by 3 s") }
            let before = watch.now
            let next = StreamWatch(keepsLog: true)
            _ = client.open(bench.subscription(to: order, credential, after: before.position), handler: next)
            try await next.wait("the first update after the renewal") { $0.updates > 0 && $0.openedAt != nil }
            try await Task.sleep(for: Self.afterwards)
            let after = next.now
            let gap = max(0, (after.openedAt ?? 0) - (before.closedAt ?? 0))
            return result(way, [before, after], gap: gap, reconnects: 1)
        }
    }

    private func result(
        _ way: Way, _ states: [StreamWatch.State], gap: Int64, reconnects: Int
    ) -> AuthSummary.Renewal {
        let offsets = states.flatMap { $0.log.map(\.offset) }
        let distinct = Set(offsets)
        let span = distinct.isEmpty ? 0 : Int(distinct.max()! - distinct.min()!) + 1
        let reopened = states.dropFirst().first
        let replayed = reopened.map { state in state.log.count { $0.intendedAt < state.openedAt ?? 0 } } ?? 0
        return AuthSummary.Renewal(
            way: way.rawValue, gapMilliseconds: Double(gap) / 1e6, replayed: replayed,
            duplicated: offsets.count - distinct.count, lost: span - distinct.count, reconnects: reconnects)
    }
}

extension StreamWatch {
    /// Waits until the server has ended the stream, or until a time.
    fileprivate func waitForEnd(orUnixNanoseconds time: Int64) async throws {
        let clock = MonotonicClock()
        while now.closedAt == nil, clock.unixNanoseconds < time { try await Task.sleep(for: .milliseconds(1)) }
    }
}
