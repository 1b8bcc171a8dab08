import Clocks
public import ExperimentModel
import ExperimentRunner
import Glibc
import Measurement
import OrderUpdates
import TransportCore
import Transports

/// How long a stream gets updates after its credential has ended, over many streams with a flow of updates.
public struct EnforcementMeasure: Sendable {
    /// How a credential ends while its streams are open.
    public enum Cause: String, Hashable, Sendable, CaseIterable {
        case expiry
        case revocation
        /// The end of a session.
        case logout
        case keyRemoval = "key removal"
    }

    let bench: StudyBench
    let streams: Int
    /// The time after which a stream that is still open counts as a survivor.
    let bound: Duration
    private static let connectsInFlight = 64

    public init(_ bench: StudyBench, streams: Int, bound: Duration = .seconds(2)) {
        self.bench = bench
        self.streams = streams
        self.bound = bound
    }

    /// How the scheme's credentials can end.
    public static func causes(of scheme: String) -> [Cause] {
        switch scheme {
        case "none": []
        case "mtls": [.expiry, .revocation]
        case "cookie": [.revocation, .logout, .keyRemoval, .expiry]
        default: [.revocation, .keyRemoval, .expiry]
        }
    }

    /// - Throws: `StudyError` where a stream cannot be opened, or ends before its credential does.
    public func measure(_ cause: Cause) async throws -> AuthSummary.Enforcement {
        guard cause == .expiry else { return try await measure(cause, until: nil) }
        // All streams must be connected when the credential ends. A busy machine gets more time.
        let lead = 0.25 + Double(streams) * (bench.target.endpoint.tls ? 0.006 : 0.001)
        return try await bench.beforeSecond(in: lead) { end in try await measure(cause, until: end) }
    }

    private func measure(_ cause: Cause, until end: Int64?) async throws -> AuthSummary.Enforcement {
        let held = try await hold(cause, until: end)
        return try await bench.withClient(certificate: held.certificate) { client in
            let watches = try await open(held.credential, on: client)
            if let end, bench.clock.unixNanoseconds >= end * 1_000_000_000 {
                var error = StudyError("the \(streams) streams were not open before their credential expired")
                error.isTooLate = true
                throw error
            }
            let time: Int64
            let before: CPUTime
            if let end {
                time = end * 1_000_000_000
                try await bench.sleep(untilUnixNanoseconds: time)
                before = try CPUTime.read(pid: getpid())
            } else {
                if let early = watches.first(where: { $0.now.cause != nil })?.now.cause {
                    throw StudyError("a stream ended before the \(cause.rawValue): \(early)")
                }
                before = try CPUTime.read(pid: getpid())
                time = bench.clock.unixNanoseconds
                try await withdraw(cause, held)
            }
            try await waitForEnds(of: watches)
            var found = summary(cause, watches.map(\.now), since: time)
            let spent = (try CPUTime.read(pid: getpid()) - before).totalSeconds
            let seconds = Double(bench.clock.unixNanoseconds - time) / 1e9
            if seconds > 0 { found.clientBusy = spent / seconds }
            return found
        }
    }

    /// The credential that the streams are opened with, and how to revoke it.
    private struct Held {
        var credential: Credential
        var certificate: CertificateFiles?
        /// Its name in a revocation.
        var id: CredentialID
    }

    private func hold(_ cause: Cause, until end: Int64?) async throws -> Held {
        guard bench.hasToken else {
            let life = end.map { $0 - bench.clock.unixNanoseconds / 1_000_000_000 } ?? 3_600
            let issued = try await bench.kit.makeCertificate(lifetime: .seconds(life))
            return Held(credential: .certificate, certificate: issued.files.clientFiles, id: issued.serialNumber)
        }
        let token = try bench.kit.namedToken(expires: end, key: cause == .keyRemoval ? .doomed : .es256)
        let credential = try await bench.exchange().credential(of: bench.target.scheme, token: token.text)
        return Held(credential: credential, id: token.id)
    }

    private func withdraw(_ cause: Cause, _ held: Held) async throws {
        switch cause {
        case .expiry: break
        case .revocation:
            let token = try bench.kit.token("operator", scopes: [.revoke])
            let answer = try await bench.control.send(
                "POST", "/revocations", .bearer(token), body: "{\"tokenId\":\"\(held.id)\"}")
            guard answer.status == 204 else { throw StudyError("the revocation was answered with \(answer.status)") }
        case .logout:
            let answer = try await bench.control.send("DELETE", "/session", held.credential)
            guard answer.status == 204 else { throw StudyError("the logout was answered with \(answer.status)") }
        case .keyRemoval:
            try bench.kit.remove(.doomed)
        }
    }

    private func open(_ credential: Credential, on client: any TransportClient) async throws -> [StreamWatch] {
        var watches: [StreamWatch] = []
        var ready = 0
        while watches.count < streams || ready < streams {
            while watches.count < streams, watches.count - ready < Self.connectsInFlight {
                let watch = StreamWatch()
                _ = client.open(
                    bench.subscription(to: bench.orders[watches.count % bench.orders.count], credential), handler: watch
                )
                watches.append(watch)
            }
            try await watches[ready].wait("its first event") { $0.firstEventAt != nil }
            ready += 1
        }
        return watches
    }

    /// Returns when all have ended, or the time has passed.
    private func waitForEnds(of watches: [StreamWatch]) async throws {
        let deadline = bench.clock.now.advanced(by: bound)
        var left = watches[...]
        while true {
            while let first = left.first, first.now.closedAt != nil { left.removeFirst() }
            guard !left.isEmpty, bench.clock.now < deadline else { return }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    private func summary(
        _ cause: Cause, _ states: [StreamWatch.State], since time: Int64
    ) -> AuthSummary.Enforcement {
        let now = bench.clock.unixNanoseconds
        // One that is still open has a lag of at least the time so far.
        let lags = states.map { state -> Double in
            let last = state.lastUpdateAt.flatMap { $0 > time ? $0 : nil }
            let end = state.closedAt == nil ? now : last ?? state.closedAt ?? now
            return Double(max(0, end - time)) / 1e6
        }.sorted()
        func quantile(_ fraction: Double) -> Double {
            lags.isEmpty ? 0 : lags[max(0, Int((fraction * Double(lags.count)).rounded(.up)) - 1)]
        }
        return AuthSummary.Enforcement(
            cause: cause.rawValue, streams: streams, p50: quantile(0.5), p99: quantile(0.99), maximum: quantile(1),
            survivors: states.count { $0.closedAt == nil },
            lastUpdate: states.compactMap(\.lastUpdateAt).map { Double(max(0, $0 - time)) / 1e6 }.max() ?? 0)
    }
}
