import Testing

/// Turns a hang into a failure. Nothing is measured with it: a slow machine only waits longer.
enum Watchdog {
    static let bound: Duration = .seconds(30)
}

/// What did not happen.
struct Hang: Error, CustomStringConvertible {
    var waitedFor: String
    var received: String
    var sourceLocation: SourceLocation

    var description: String {
        "waited in vain for \(waitedFor) (\(sourceLocation)); received last:\n  \(received)"
    }
}

/// Returns once a condition holds that nothing announces: a server's counters.
func eventually(
    _ what: String, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async -> Bool
) async throws {
    let clock = ContinuousClock()
    let end = clock.now + Watchdog.bound
    while await !condition() {
        guard clock.now < end else { throw Hang(waitedFor: what, received: "-", sourceLocation: sourceLocation) }
        try await Task.sleep(for: .milliseconds(1))
    }
}
