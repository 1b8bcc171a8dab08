import Authentication
public import ExperimentModel
import Glibc
import Measurement
import TransportCore

/// The processor time of verifying a token, for each algorithm, beside that of its signature alone.
public struct VerificationMeasure: Sendable {
    let kit: CredentialKit
    let keys: [CredentialKit.Key]
    private static let rounds = 21
    private static let perRound = 24

    /// - Parameter keys: one for each algorithm to measure.
    public init(_ kit: CredentialKit, keys: [CredentialKit.Key] = CredentialKit.Key.algorithms) {
        self.kit = kit
        self.keys = keys
    }

    /// Interleaved: each round times both, in one order or the other, and the ratios are the medians of the rounds'
    /// ratios.
    public func measure() throws -> [AuthSummary.CPU] {
        let set = try KeySet(from: .file(kit.verificationKeys))
        let verifier = TokenVerifier(keys: set, policy: kit.policy, memory: 0)
        return try keys.map { key in
            let algorithm = key.algorithm
            let token = try kit.token(scopes: [.read], key: key)
            let check = try SignatureCheck(of: token, with: set)
            let works: [() -> Bool] = [{ (try? verifier.verify(token)) != nil }, { check.holds() }]
            guard works.allSatisfy({ $0() }) else { throw StudyError("a good token of \(algorithm) was not verified") }
            var times: [[Double]] = [[], []]
            for round in 0..<Self.rounds {
                let order = round.isMultiple(of: 2) ? Array(works.indices) : works.indices.reversed()
                for index in order { times[index].append(Self.time(works[index])) }
            }
            return AuthSummary.CPU(
                work: "verification, against the signature's check alone", algorithm: algorithm,
                microseconds: Quantiles(times[0]).median ?? 0,
                ratio: Quantiles(zip(times[0], times[1]).map { $0 / max($1, 1e-9) }).median)
        }
    }

    /// The time of one call in microseconds, by the thread's own clock.
    private static func time(_ work: () -> Bool) -> Double {
        var count = 0
        let start = now()
        for _ in 0..<perRound where work() { count += 1 }
        let end = now()
        return Double(end - start) / 1e3 / Double(max(count, 1))
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
