/// Looks at intervals until something is there: for what tells nobody that it has come.
package enum Polling {
    /// - Parameters:
    ///   - patience: it looks at least once, and for the last time after this.
    ///   - look: its first value that is not nil is returned.
    /// - Returns: nil where nothing was there in time.
    package static func value<Value>(
        within patience: Duration, every interval: Duration = .milliseconds(10), _ look: () throws -> Value?
    ) async throws -> Value? {
        let deadline = ContinuousClock.now + patience
        while true {
            // Before it looks: a machine that is busy must not end the wait unseen.
            let isLast = ContinuousClock.now >= deadline
            if let value = try look() { return value }
            if isLast { return nil }
            try await Task.sleep(for: interval)
        }
    }

    /// Whether a condition became true in time.
    package static func isTrue(
        within patience: Duration, every interval: Duration = .milliseconds(10), _ condition: () throws -> Bool
    ) async throws -> Bool {
        try await value(within: patience, every: interval) { try condition() ? true : nil } ?? false
    }
}
