import Clocks
package import ExperimentModel
import Measurement
import Synchronization

/// Reads the resident memory of processes over and over, and fits a line through it.
final class MemorySampler: Sendable {
    private static let interval: Duration = .milliseconds(25)

    private struct Sample {
        /// Nanoseconds of the monotonic clock.
        var at: Int64
        var bytes: Int64
    }

    private let samples = Mutex<[Sample]>([])
    private let clock = MonotonicClock()

    /// Samples until the body has returned.
    ///
    /// - Parameter pids: of processes whose memory counts together; where one is gone, no sample is taken.
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

    /// Up to an end, in seconds since a moment.
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
    /// Bytes a second; nil with fewer than three samples.
    package let before: Double?
    package let since: Double?

    package init(_ samples: [ReconnectionSummary.Harm.MemorySample]) {
        before = Self.slope(samples.filter { $0.seconds < 0 })
        since = Self.slope(samples.filter { $0.seconds >= 0 })
    }

    /// What the fault has added; nil where it was not sampled.
    package var added: Double? { since.map { $0 - (before ?? 0) } }

    private static func slope(_ samples: [ReconnectionSummary.Harm.MemorySample]) -> Double? {
        LinearFit.slope(of: samples.map { .init(x: $0.seconds, y: Double($0.bytes)) })
    }
}
