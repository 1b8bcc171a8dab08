internal import ExperimentModel

/// The goals for auth schemes.
enum AuthGoals {
    static let streams = 5_000

    static func all(_ vectors: [AuthVector], runSeconds: Double?, isWhole: Bool, isMatrix: Bool) -> [Goal] {
        [
            lag("Revocation ends streams", ["revocation"], bound: 1_000, vectors),
            lag("Expiry ends streams", ["expiry"], bound: 100, vectors),
            ratio("A handshake with a credential against one without", "handshake", bound: 1.15, vectors),
            ratio(
                "The same with a token that the server has verified before", "handshake, token seen before",
                bound: 1.15, vectors),
            attacks(vectors),
            matrix(isMatrix && isWhole ? runSeconds : nil),
        ]
    }

    /// - Parameter seconds: nil if the run did not measure the whole matrix.
    private static func matrix(_ seconds: Double?) -> Goal {
        let name = "The whole matrix"
        let goal = "at most 120 s"
        guard let seconds else {
            return Goal(
                name: name, goal: goal, found: "this run did not measure the whole matrix", outcome: .notMeasured)
        }
        return Goal(
            name: name, goal: goal,
            found: "\(Decimals.fixed(seconds, places: 0)) s from the start of the run to its end",
            outcome: seconds <= 120 ? .met : .missed)
    }

    private static func lag(_ name: String, _ causes: [String], bound: Double, _ vectors: [AuthVector]) -> Goal {
        let lags = vectors.flatMap { $0.summary.enforcement ?? [] }.filter { causes.contains($0.cause) }
        let goal = "no update later than \(Decimals.plain(bound)) ms after it, at \(Decimals.integer(streams)) streams"
        guard let most = lags.map(\.streams).max() else {
            return Goal(name: name, goal: goal, found: "–", outcome: .notMeasured)
        }
        let here = lags.filter { $0.streams == most }
        // The time to the last update of any stream. If it was not recorded, the end of the streams stands in for it.
        let worst = here.map { $0.lastUpdate ?? $0.p99 }.max() ?? 0
        let end = here.map(\.p99).max() ?? 0
        let survivors = lags.reduce(0) { $0 + $1.survivors }
        var found =
            "the last update of any stream after \(Unit.nanoseconds.text(worst * 1e6)), the streams' ends after "
            + "\(Unit.nanoseconds.text(end * 1e6)) (p99), at \(Decimals.integer(most)) streams, the worst cell"
        if survivors > 0 { found += "; \(Decimals.count(survivors, "stream")) outlived the bound" }
        let isMissed = worst > bound || survivors > 0
        return Goal(
            name: name, goal: goal, found: found,
            outcome: isMissed ? .missed : most >= streams ? .met : .notMeasured)
    }

    private static func ratio(_ name: String, _ work: String, bound: Double, _ vectors: [AuthVector]) -> Goal {
        let goal = "at most \(Decimals.plain(bound)) times the CPU"
        let found = vectors.flatMap { vector in
            (vector.summary.cpu ?? []).filter { $0.work == work && $0.ratio != nil }
                .map { (vector, $0) }
        }
        guard let worst = found.max(by: { ($0.1.ratio ?? 0) < ($1.1.ratio ?? 0) }),
            let best = found.min(by: { ($0.1.ratio ?? 0) < ($1.1.ratio ?? 0) })
        else { return Goal(name: name, goal: goal, found: "–", outcome: .notMeasured) }
        func words(_ one: (AuthVector, AuthSummary.CPU)) -> String {
            let what = [one.0.scheme, one.1.algorithm, one.0.path.label].compactMap { $0 }.joined(separator: ", ")
            return "\(Decimals.fixed(one.1.ratio ?? 0, places: 2)) (\(what))"
        }
        return Goal(
            name: name, goal: goal, found: "from \(words(best)) to \(words(worst))",
            outcome: (worst.1.ratio ?? 0) <= bound ? .met : .missed)
    }

    private static func attacks(_ vectors: [AuthVector]) -> Goal {
        let attacks = vectors.flatMap { $0.summary.attacks ?? [] }
        let passed = attacks.count { !$0.isRepelled }
        return Goal(
            name: "Attacks", goal: "none passes, and no good request is refused",
            found: attacks.isEmpty
                ? "–"
                : "\(Decimals.integer(attacks.count - passed)) of \(Decimals.integer(attacks.count)) as they should",
            outcome: attacks.isEmpty ? .notMeasured : passed == 0 ? .met : .missed)
    }
}
