import Clocks

extension RunManifest {
    /// Seconds from the start of the run to the end of the last of these trials, with all that was done between; nil where a time
    /// cannot be read. A run that was interrupted counts for as long as it rested, too.
    public func seconds(through observations: [Observation]) -> Double? {
        guard let start = Timestamp.parse(Array(startedAt.utf8)) else { return nil }
        // Two times of the calendar may lie further apart than an Int64 of nanoseconds reaches.
        var seconds = 0.0
        for observation in observations {
            guard let began = Timestamp.parse(Array(observation.startedAt.utf8)) else { return nil }
            seconds = max(seconds, (Double(began) - Double(start)) / 1e9 + observation.measuredSeconds)
        }
        return seconds
    }
}
