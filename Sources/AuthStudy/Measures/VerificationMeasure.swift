import Authentication
public import ExperimentModel
import Glibc
import Measurement

/// Processor time of verifying a token, by algorithm, beside the library's check of its signature alone.
public struct VerificationMeasure: Sendable {
    let keys: StudyKeys
    let algorithms: [String]
    private static let rounds = 21
    private static let perRound = 24

    /// - Parameter algorithms: names of algorithms, each also that of a key.
    public init(_ keys: StudyKeys, algorithms: [String] = AlgorithmKeys.names) {
        self.keys = keys
        self.algorithms = algorithms
    }

    /// Interleaved: each round times both, in changing order, and the ratio is the median of the rounds'.
    public func measure() async throws -> [AuthSummary.CPU] {
        let set = try await KeySet(from: .file(keys.servedPath))
        let verifier = TokenVerifier(keys: set, policy: .development)
        return try algorithms.map { algorithm in
            let token = try keys.token(key: algorithm).text
            let check = try SignatureCheck(of: token, with: set)
            let whole: () -> Bool = { (try? verifier.verify(token)) != nil }
            let bare: () -> Bool = { check.holds() }
            guard whole(), bare() else { throw StudyError("a good token of \(algorithm) was not verified") }
            var wholes: [Double] = []
            var ratios: [Double] = []
            for round in 0..<Self.rounds {
                let first = round.isMultiple(of: 2) ? Self.time(whole) : Self.time(bare)
                let second = round.isMultiple(of: 2) ? Self.time(bare) : Self.time(whole)
                let (ours, library) = round.isMultiple(of: 2) ? (first, second) : (second, first)
                wholes.append(ours)
                ratios.append(ours / max(library, 1e-9))
            }
            return AuthSummary.CPU(
                work: "verification", algorithm: algorithm, microseconds: Quantiles(wholes).median ?? 0,
                ratio: Quantiles(ratios).median)
        }
    }

    /// Microseconds of one, by the thread's own clock.
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
