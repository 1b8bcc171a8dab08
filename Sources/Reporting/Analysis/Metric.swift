public import ExperimentModel
internal import Measurement

/// A figure that cells are compared by. Of every one, less is better.
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

    /// The figures that end in a verdict for each pair of subjects.
    public static let compared: [Metric] = [
        .latencyP50, .latencyP99, .stalenessMean, .cpuPerUpdate, .bytesPerUpdate,
    ]

    public var title: String {
        switch self {
        case .latencyP50: "p50 latency"
        case .latencyP90: "p90 latency"
        case .latencyP99: "p99 latency"
        case .latencyP999: "p99.9 latency"
        case .latencyMax: "largest latency"
        case .uncorrectedP50: "p50 latency, uncorrected"
        case .uncorrectedP90: "p90 latency, uncorrected"
        case .uncorrectedP99: "p99 latency, uncorrected"
        case .uncorrectedP999: "p99.9 latency, uncorrected"
        case .uncorrectedMax: "largest latency, uncorrected"
        case .stalenessMean: "mean staleness"
        case .stalenessP99: "p99 staleness"
        case .firstEventP50: "p50 time to first event"
        case .firstEventP99: "p99 time to first event"
        case .fanOutSkewP99: "p99 fan-out skew"
        case .cpuPerUpdate: "server CPU per update"
        case .clientCPUPerUpdate: "client CPU per update"
        case .bytesPerUpdate: "bytes per update"
        case .requestsPerUpdate: "requests per update"
        case .upstreamCallsPerUpdate: "upstream calls per update, modelled"
        case .voluntarySwitchesPerUpdate: "voluntary context switches of the server per update"
        case .involuntarySwitchesPerUpdate: "involuntary context switches of the server per update"
        case .clientVoluntarySwitchesPerUpdate: "voluntary context switches of the client per update"
        case .clientInvoluntarySwitchesPerUpdate: "involuntary context switches of the client per update"
        case .systemCallsPerUpdate: "system calls of the server per update"
        case .memoryPerConnection: "server memory per connection"
        case .kernelMemoryPerConnection: "kernel memory per connection"
        }
    }

    public var unit: Unit {
        switch self {
        case .bytesPerUpdate, .memoryPerConnection, .kernelMemoryPerConnection: .bytes
        case .requestsPerUpdate, .upstreamCallsPerUpdate, .voluntarySwitchesPerUpdate, .involuntarySwitchesPerUpdate,
            .clientVoluntarySwitchesPerUpdate, .clientInvoluntarySwitchesPerUpdate, .systemCallsPerUpdate:
            .count
        default: .nanoseconds
        }
    }

    /// A distribution that a trial observes.
    enum Distribution: Sendable, Hashable, CaseIterable {
        case corrected
        case uncorrected
        case firstEvent
        case fanOutSkew

        /// Nil where the trial has no value of it, not even a censored one.
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

    /// The distribution and the quantile that the figure is; nil where it is one number a trial. 1 is the maximum.
    var quantile: (of: Distribution, at: Double)? {
        switch self {
        case .latencyP50: (.corrected, 0.5)
        case .latencyP90: (.corrected, 0.9)
        case .latencyP99: (.corrected, 0.99)
        case .latencyP999: (.corrected, 0.999)
        case .latencyMax: (.corrected, 1)
        case .uncorrectedP50: (.uncorrected, 0.5)
        case .uncorrectedP90: (.uncorrected, 0.9)
        case .uncorrectedP99: (.uncorrected, 0.99)
        case .uncorrectedP999: (.uncorrected, 0.999)
        case .uncorrectedMax: (.uncorrected, 1)
        case .firstEventP50: (.firstEvent, 0.5)
        case .firstEventP99: (.firstEvent, 0.99)
        case .fanOutSkewP99: (.fanOutSkew, 0.99)
        default: nil
        }
    }

    /// The figure of one trial; nil where the trial did not observe it, infinity where it falls among values that never
    /// came.
    public func value(of observation: Observation) -> Double? {
        if let quantile {
            return quantile.of.summary(of: observation).map { summary in
                summary.histogram.quantile(quantile.at, censored: summary.censored).map(Double.init) ?? .infinity
            }
        }
        switch self {
        case .stalenessMean: return observation.staleness?.mean
        case .stalenessP99: return observation.staleness.map { Double($0.p99) }
        case .cpuPerUpdate:
            return observation.perUpdate(observation.resources?.server.map { $0.cpuSeconds * 1e9 })
        case .clientCPUPerUpdate:
            return observation.perUpdate(observation.resources?.load.map { $0.cpuSeconds * 1e9 })
        case .bytesPerUpdate:
            return observation.perUpdate(observation.traffic.map { Double($0.wireBytesSent + $0.wireBytesReceived) })
        case .requestsPerUpdate: return observation.perUpdate(observation.traffic.map { Double($0.requests) })
        case .upstreamCallsPerUpdate: return observation.perUpdate(observation.traffic.map { Double($0.upstreamCalls) })
        case .voluntarySwitchesPerUpdate:
            return observation.perUpdate(observation.resources?.server?.voluntarySwitches.map(Double.init))
        case .involuntarySwitchesPerUpdate:
            return observation.perUpdate(observation.resources?.server?.involuntarySwitches.map(Double.init))
        case .clientVoluntarySwitchesPerUpdate:
            return observation.perUpdate(observation.resources?.load?.voluntarySwitches.map(Double.init))
        case .clientInvoluntarySwitchesPerUpdate:
            return observation.perUpdate(observation.resources?.load?.involuntarySwitches.map(Double.init))
        case .systemCallsPerUpdate:
            return observation.resources?.systemCalls.flatMap {
                $0.deliveries > 0 ? Double($0.count) / Double($0.deliveries) : nil
            }
        case .memoryPerConnection: return observation.perConnection(observation.serverMemoryGrowth)
        case .kernelMemoryPerConnection: return observation.perConnection(observation.kernelMemoryGrowth)
        default: return nil
        }
    }
}
