import Clocks
package import ExperimentModel
import Measurement
import Synchronization

/// Samples the resident memory of processes, and fits a line through the samples.
final class MemorySampler: Sendable {
    private static let interval: Duration = .milliseconds(25)

    private struct Sample {
        /// In nanoseconds of the monotonic clock.
        var at: Int64
        var bytes: Int64
    }

    private let samples = Mutex<[Sample]>([])
    private let clock = MonotonicClock()

    /// Samples until the body has returned.
    ///
    /// - Parameter pids: the processes whose memory is added up. No sample is taken while one of them is gone.
    func during<Result: Sendable>(_ pids: [Int32], _ body: () async throws -> Result) async throws -> Result {
        let sampling = Task { [self] in
            while !Task.isCancelled {
                read(pids)
                try? await Task.sleep(for: Self.interval)
            }
        }
        defer { sampling.cancel() }
        return try await body()
    }

    private func read(_ pids: [Int32]) {
        var bytes: Int64 = 0
        for pid in pids {
            guard let size = try? ProcessSize.read(pid: pid) else { return }
            bytes += size.rssBytes
        }
        let sample = Sample(at: clock.now.nanoseconds, bytes: bytes)
        samples.withLock { $0.append(sample) }
    }

    /// The samples up to `end`, with seconds counted from `moment`.
    func samples(since moment: Int64, until end: Int64) -> [ReconnectionSummary.Harm.MemorySample] {
        samples.withLock { samples in
            samples.filter { $0.at <= end }.map {
                ReconnectionSummary.Harm.MemorySample(seconds: Double($0.at - moment) / 1e9, bytes: $0.bytes)
            }
        }
    }
}

/// The slopes of a process's memory, before a fault and from it on.
package struct MemorySlopes {
    /// In bytes per second; nil with fewer than three samples.
    package let before: Double?
    package let since: Double?

    package init(_ samples: [ReconnectionSummary.Harm.MemorySample]) {
        before = Self.slope(samples.filter { $0.seconds < 0 })
        since = Self.slope(samples.filter { $0.seconds >= 0 })
    }

    /// The slope since the fault less the one before it; nil where there are too few samples.
    package var added: Double? { since.map { $0 - (before ?? 0) } }

    private static func slope(_ samples: [ReconnectionSummary.Harm.MemorySample]) -> Double? {
        LinearFit.slope(of: samples.map { .init(x: $0.seconds, y: Double($0.bytes)) })
    }
}
