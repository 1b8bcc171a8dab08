public import ExperimentModel

/// What was observed of a scheme on a path, over all trials and loads of the run. It has ten parts, which are not added
/// up.
public struct AuthVector: Sendable {
    public var scheme: String
    public var path: AuthPath
    public var summary: AuthSummary
    /// Counted from the source, so it is the same on every path.
    public var code: CodeRecord.Scheme?
    /// What the best native client can tell about a failure, in bits; nil if no browser was tried, or none can use the
    /// scheme.
    public var legibleBits: Double?
    /// The number of `ok` trials.
    public var trials: Int

    // MARK: Figures

    public func exchange(_ step: String) -> AuthSummary.Exchange? { summary.exchanges?.first { $0.step == step } }

    /// The sinks that contained the credential.
    public var sinksFound: [AuthSummary.LeakSite]? { summary.exposure?.filter(\.isFound) }

    /// Seconds for which a reader of the sinks could use the credentials in them: the sum over sinks of the time left,
    /// if the credential can be used again.
    public var exposedSeconds: Double? {
        sinksFound?.reduce(0) { $0 + ($1.isReusable == true ? $1.secondsLeft ?? 0 : 0) }
    }

    /// The most expensive way to hold server resources without a credential, in bytes x seconds.
    public var preAuthByteSeconds: Double? { summary.preAuth?.map { Double($0.bytes) * $0.seconds }.max() }

    /// The 99th percentile of the slowest cause, in milliseconds.
    public var enforcementP99: Double? { summary.enforcement?.map(\.p99).max() }

    /// The renewal with the shortest gap.
    public var bestRenewal: AuthSummary.Renewal? {
        summary.renewal?.min { ($0.gapMilliseconds, $0.reconnects) < ($1.gapMilliseconds, $1.reconnects) }
    }

    public var attacksPassed: Int? { summary.attacks.map { $0.count { !$0.isRepelled } } }

    /// The clients that support the transport and can use the scheme.
    public var reached: Set<String>? {
        summary.reach.flatMap { $0.isEmpty ? nil : Set($0.filter(\.isUsable).map(\.client)) }
    }

    /// A handshake with the scheme's usual algorithm.
    public var handshake: AuthSummary.CPU? {
        let handshakes = summary.cpu?.filter { $0.work == "handshake" } ?? []
        return handshakes.first { $0.algorithm == "ES256" } ?? handshakes.first
    }

    /// Why a part is missing, as the trial recorded it.
    public func omission(_ part: String) -> String? { summary.omissions?.first { $0.part == part }?.reason }
}

extension AuthSummary {
    /// The observations of several trials of one scheme and path. The worst trial counts, because a bound that was
    /// broken once is not kept; of exchanges the one with the fewest round trips counts.
    static func merged(_ summaries: [AuthSummary]) -> AuthSummary {
        var merged = AuthSummary()
        merged.exchanges = all(summaries, \.exchanges, key: \.step) { one, other in
            // Other work at the same time can only add round trips.
            one.roundTrips <= other.roundTrips ? one : other
        }
        merged.exposure = all(summaries, \.exposure, key: \.name) { one, other in
            guard one.isFound, other.isFound else { return one.isFound ? one : other }
            var worst = one
            worst.isReusable =
                one.isReusable == true || other.isReusable == true ? true : one.isReusable ?? other.isReusable
            worst.secondsLeft = [one.secondsLeft, other.secondsLeft].compactMap { $0 }.max()
            return worst
        }
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

    /// The parts of all summaries, each key once, in the order of appearance; nil if no summary has the part.
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
