import ExperimentModel
import LoadGeneration

/// Measures the measuring client: the same population and schedule against a hub in its own process, without a
/// socket.
///
/// The result is the client's own part of each latency: its publisher, its handlers and its ledger.
struct ClientCalibration {
    private static let warmupSeconds = 0.1
    private static let measureSeconds = 0.4

    let settings: RunSettings

    /// The median latency in nanoseconds; nil where nothing is published, the in-process transport is missing, or the
    /// client could not be measured. Trials are valid without it.
    ///
    /// - Throws: only `CancellationError`.
    func floor(of load: LoadProfile) async throws -> Int64? {
        guard load.updatesPerSecond > 0, settings.capabilities("in-process") != nil else { return nil }
        var load = load
        load.connectRate = nil
        load.slowReaders = 0
        // At least some ten publications, however slow the load is.
        load.updatesPerSecond = max(load.updatesPerSecond, 25 * Double(load.burst))
        var specification = LoadSpecification(transport: "in-process", load: load)
        specification.warmupSeconds = Self.warmupSeconds
        specification.measureSeconds = Self.measureSeconds
        specification.isSupervised = true
        do {
            let result = try await LoadProcess.run(
                specification, settings, loops: 1, stepSeconds: Self.measureSeconds, observe: { _ in })
            return result.latency.corrected.p50
        } catch {
            try Task.checkCancellation()
            return nil
        }
    }
}
