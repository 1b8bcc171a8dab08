public import ExperimentModel
internal import Measurement

/// A figure by which cells are compared. Lower is better for each.
public enum Metric: String, Sendable, Hashable, CaseIterable {
    case latencyP50 = "latency-p50"
    case latencyP90 = "latency-p90"
    case latencyP99 = "latency-p99"
    case latencyP999 = "latency-p99.9"
    case latencyMax = "latency-max"
    case uncorrectedP50 = "uncorrected-p50"
    case uncorrectedP90 = "uncorrected-p90"
    case uncorrectedP99 = "uncorrected-p99"
    case uncorrectedP999 = "uncorrected-p99.9"
    case uncorrectedMax = "uncorrected-max"
    case stalenessMean = "staleness-mean"
    case stalenessP99 = "staleness-p99"
    case firstEventP50 = "first-event-p50"
    case firstEventP99 = "first-event-p99"
    case fanOutSkewP99 = "fan-out-skew-p99"
    case cpuPerUpdate = "cpu-per-update"
    case clientCPUPerUpdate = "client-cpu-per-update"
    case bytesPerUpdate = "bytes-per-update"
    case requestsPerUpdate = "requests-per-update"
    case upstreamCallsPerUpdate = "upstream-calls-per-update"
    case voluntarySwitchesPerUpdate = "voluntary-switches-per-update"
    case involuntarySwitchesPerUpdate = "involuntary-switches-per-update"
    case clientVoluntarySwitchesPerUpdate = "client-voluntary-switches-per-update"
    case clientInvoluntarySwitchesPerUpdate = "client-involuntary-switches-per-update"
    case systemCallsPerUpdate = "system-calls-per-update"
    case memoryPerConnection = "memory-per-connection"
    case kernelMemoryPerConnection = "kernel-memory-per-connection"

    /// The metrics for which each pair of subjects gets a verdict.
    public static let compared: [Metric] = allCases.filter { $0.facts.isCompared }

    public var title: String { facts.title }

    public var unit: Unit { facts.unit }

    /// Whether it is a time that somebody waits for, and not one that a processor works.
    public var isWait: Bool { unit == .nanoseconds && quantile != nil || self == .stalenessMean }

    /// The two lines in the head of the metric's column in the main tables; nil if it has no column there.
    var column: (title: String, note: String)? { facts.column }

    /// The distribution and the quantile that define the metric; nil if it is one number per trial. 1 is the maximum.
    var quantile: (of: Distribution, at: Double)? { facts.quantile }

    /// The figure of one trial; nil if the trial did not record it, infinity if the quantile falls among censored
    /// values.
    public func value(of observation: Observation) -> Double? { facts.value(observation) }

    /// A distribution that trials record.
    enum Distribution: Sendable, Hashable, CaseIterable {
        case corrected
        case uncorrected
        case firstEvent
        case fanOutSkew

        /// Nil if the trial has no value, not even a censored one.
        func summary(of observation: Observation) -> LatencySummary? {
            let summary =
                switch self {
                case .corrected: observation.latency?.corrected
                case .uncorrected: observation.latency?.uncorrected
                case .firstEvent: observation.timeToFirstEvent
                case .fanOutSkew: observation.fanOutSkew
                }
            return summary.flatMap { $0.count + $0.censored > 0 ? $0 : nil }
        }
    }

    /// Everything that defines a metric.
    private struct Facts {
        var title: String
        var unit: Unit
        var quantile: (of: Distribution, at: Double)?
        var column: (title: String, note: String)?
        var isCompared: Bool
        var value: (Observation) -> Double?

        static func quantile(
            _ title: String, of distribution: Distribution, _ quantile: Double,
            column: (title: String, note: String)? = nil, isCompared: Bool = false
        ) -> Self {
            Self(
                title: title, unit: .nanoseconds, quantile: (distribution, quantile), column: column,
                isCompared: isCompared
            ) { observation in
                distribution.summary(of: observation).map { summary in
                    summary.histogram.quantile(quantile, censored: summary.censored).map(Double.init) ?? .infinity
                }
            }
        }

        /// A metric that is one number per trial.
        static func number(
            _ title: String, _ unit: Unit = .count, column: (title: String, note: String)? = nil,
            isCompared: Bool = false, _ value: @escaping (Observation) -> Double?
        ) -> Self {
            Self(title: title, unit: unit, quantile: nil, column: column, isCompared: isCompared, value: value)
        }

        static func perUpdate(
            _ title: String, _ unit: Unit = .count, column: (title: String, note: String)? = nil,
            isCompared: Bool = false, _ value: @escaping (Observation) -> (some BinaryInteger)?
        ) -> Self {
            number(title, unit, column: column, isCompared: isCompared) { $0.perUpdate(value($0).map { Double($0) }) }
        }
    }

    // Each metric has one row. A new metric is a case and a row here.
    private var facts: Facts {
        switch self {
        case .latencyP50:
            .quantile("p50 latency", of: .corrected, 0.5, column: ("p50 latency", "corrected"), isCompared: true)
        case .latencyP90: .quantile("p90 latency", of: .corrected, 0.9)
        case .latencyP99:
            .quantile("p99 latency", of: .corrected, 0.99, column: ("p99 latency", "corrected"), isCompared: true)
        case .latencyP999: .quantile("p99.9 latency", of: .corrected, 0.999)
        case .latencyMax: .quantile("largest latency", of: .corrected, 1)
        case .uncorrectedP50: .quantile("p50 latency, uncorrected", of: .uncorrected, 0.5)
        case .uncorrectedP90: .quantile("p90 latency, uncorrected", of: .uncorrected, 0.9)
        case .uncorrectedP99:
            .quantile("p99 latency, uncorrected", of: .uncorrected, 0.99, column: ("p99 latency", "uncorrected"))
        case .uncorrectedP999: .quantile("p99.9 latency, uncorrected", of: .uncorrected, 0.999)
        case .uncorrectedMax: .quantile("largest latency, uncorrected", of: .uncorrected, 1)
        case .stalenessMean:
            .number("mean staleness", .nanoseconds, column: ("Staleness", "mean"), isCompared: true) {
                $0.staleness?.mean
            }
        case .stalenessP99:
            .number("p99 staleness", .nanoseconds) { $0.staleness.map { Double($0.p99) } }
        case .firstEventP50:
            .quantile(
                "p50 time to first event", of: .firstEvent, 0.5, column: ("First event", "p50"), isCompared: true)
        case .firstEventP99: .quantile("p99 time to first event", of: .firstEvent, 0.99)
        case .fanOutSkewP99: .quantile("p99 fan-out skew", of: .fanOutSkew, 0.99)
        case .cpuPerUpdate:
            .number("server CPU per update", .nanoseconds, column: ("Server CPU", "per update"), isCompared: true) {
                $0.perUpdate($0.resources?.server.map { $0.cpuSeconds * 1e9 })
            }
        case .clientCPUPerUpdate:
            .number("client CPU per update", .nanoseconds) {
                $0.perUpdate($0.resources?.load.map { $0.cpuSeconds * 1e9 })
            }
        case .bytesPerUpdate:
            .perUpdate("bytes per update", .bytes, column: ("Bytes", "per update"), isCompared: true) {
                $0.traffic.map { $0.wireBytesSent + $0.wireBytesReceived }
            }
        case .requestsPerUpdate:
            .perUpdate("requests per update", column: ("Requests", "per update")) { $0.traffic?.requests }
        case .upstreamCallsPerUpdate:
            .perUpdate("upstream calls per update, modelled", column: ("Upstream", "modelled")) {
                $0.traffic?.upstreamCalls
            }
        case .voluntarySwitchesPerUpdate:
            .perUpdate("voluntary context switches of the server per update") {
                $0.resources?.server?.voluntarySwitches
            }
        case .involuntarySwitchesPerUpdate:
            .perUpdate("involuntary context switches of the server per update") {
                $0.resources?.server?.involuntarySwitches
            }
        case .clientVoluntarySwitchesPerUpdate:
            .perUpdate("voluntary context switches of the client per update") {
                $0.resources?.load?.voluntarySwitches
            }
        case .clientInvoluntarySwitchesPerUpdate:
            .perUpdate("involuntary context switches of the client per update") {
                $0.resources?.load?.involuntarySwitches
            }
        case .systemCallsPerUpdate:
            .number("system calls of the server per update") {
                $0.resources?.systemCalls.flatMap {
                    $0.deliveries > 0 ? Double($0.count) / Double($0.deliveries) : nil
                }
            }
        case .memoryPerConnection:
            .number("server memory per connection", .bytes) { $0.perConnection($0.serverMemoryGrowth) }
        case .kernelMemoryPerConnection:
            .number("kernel memory per connection", .bytes) { $0.perConnection($0.kernelMemoryGrowth) }
        }
    }
}
