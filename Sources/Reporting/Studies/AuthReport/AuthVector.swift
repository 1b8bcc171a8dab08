public import ExperimentModel

/// All that was observed of a scheme on a path, over all trials and loads of the run: ten parts, and no sum of them.
public struct AuthVector: Sendable {
    public var scheme: String
    public var path: AuthPath
    public var summary: AuthSummary
    /// Counted from the source; the same on every path.
    public var code: CodeRecord.Scheme?
    /// What the native client that sees most can tell of a failure, in bits; nil where no browser was tried, or none can use the scheme.
    public var legibleBits: Double?
    /// Trials that went well.
    public var trials: Int

    // MARK: Figures

    public func exchange(_ step: String) -> AuthSummary.Exchange? { summary.exchanges?.first { $0.step == step } }

    /// Sinks that held the credential.
    public var sinksFound: [AuthSummary.LeakSite]? { summary.exposure?.filter(\.isFound) }

    /// Seconds for which whoever reads the sinks could use what they hold: over all sinks, the time left where it opens
    /// something again.
    public var exposedSeconds: Double? {
        sinksFound?.reduce(0) { $0 + ($1.isReusable == true ? $1.secondsLeft ?? 0 : 0) }
    }

    /// The dearest way to hold something of the server without a credential, in bytes x seconds.
    public var preAuthByteSeconds: Double? { summary.preAuth?.map { Double($0.bytes) * $0.seconds }.max() }

    /// Of the slowest cause, in milliseconds.
    public var enforcementP99: Double? { summary.enforcement?.map(\.p99).max() }

    /// Of the way that leaves the shortest gap.
    public var bestRenewal: AuthSummary.Renewal? {
        summary.renewal?.min { ($0.gapMilliseconds, $0.reconnects) < ($1.gapMilliseconds, $1.reconnects) }
    }

    public var attacksPassed: Int? { summary.attacks.map { $0.count { !$0.isRepelled } } }

    /// The clients that speak the transport and can use the scheme.
    public var reached: Set<String>? {
        summary.reach.flatMap { $0.isEmpty ? nil : Set($0.filter(\.isUsable).map(\.client)) }
    }

    /// A connection with the scheme's usual algorithm.
    public var handshake: AuthSummary.CPU? {
        let handshakes = summary.cpu?.filter { $0.work == "handshake" } ?? []
        return handshakes.first { $0.algorithm == "ES256" } ?? handshakes.first
    }

    /// Why a part is missing, as the trial said.
    public func omission(_ part: String) -> String? { summary.omissions?.first { $0.part == part }?.reason }
}

extension AuthSummary {
    /// Everything that several trials of one scheme and path observed. What is counted takes the worst of them, what is timed
    /// too: a bound that was broken once is not kept.
    static func merged(_ summaries: [AuthSummary]) -> AuthSummary {
        var merged = AuthSummary()
        merged.exchanges = all(summaries, \.exchanges, key: \.step) { one, other in
            // Meanwhile work can only add round trips.
            one.roundTrips <= other.roundTrips ? one : other
        }
        merged.exposure = all(summaries, \.exposure, key: \.name) { one, other in one.isFound ? one : other }
        merged.preAuth = all(summaries, \.preAuth, key: \.kind) { one, other in
            var worst = one
            worst.bytes = max(one.bytes, other.bytes)
            worst.descriptors = max(one.descriptors, other.descriptors)
            worst.seconds = max(one.seconds, other.seconds)
            return worst
        }
        merged.enforcement = all(summaries, \.enforcement, key: { "\($0.cause), \($0.streams)" }) { one, other in
            var worst = one.p99 >= other.p99 ? one : other
            worst.survivors = one.survivors + other.survivors
            worst.lastUpdate = [one.lastUpdate, other.lastUpdate].compactMap { $0 }.max()
            return worst
        }
        merged.renewal = all(summaries, \.renewal, key: \.way) { one, other in
            var worst = one.gapMilliseconds >= other.gapMilliseconds ? one : other
            (worst.lost, worst.duplicated) = (one.lost + other.lost, one.duplicated + other.duplicated)
            return worst
        }
        merged.attacks = all(summaries, \.attacks, key: \.name) { one, other in one.isRepelled ? other : one }
        merged.cpu = all(summaries, \.cpu, key: { "\($0.work), \($0.algorithm ?? "")" }) { one, other in
            (one.ratio ?? 0) >= (other.ratio ?? 0) ? one : other
        }
        merged.reach = all(summaries, \.reach, key: \.client) { one, _ in one }
        merged.omissions = all(summaries, \.omissions, key: { "\($0.part), \($0.reason)" }) { one, _ in one }
        return merged
    }

    /// The parts of all summaries, each key once, in the order of appearance; nil where no summary has the part.
    private static func all<Part>(
        _ summaries: [AuthSummary], _ part: (AuthSummary) -> [Part]?, key: (Part) -> String,
        join: (Part, Part) -> Part
    ) -> [Part]? {
        let lists = summaries.compactMap(part)
        guard !lists.isEmpty else { return nil }
        var places: [String: Int] = [:]
        var kept: [Part] = []
        for one in lists.joined() {
            if let place = places[key(one)] {
                kept[place] = join(kept[place], one)
            } else {
                places[key(one)] = kept.count
                kept.append(one)
            }
        }
        return kept
    }
}
