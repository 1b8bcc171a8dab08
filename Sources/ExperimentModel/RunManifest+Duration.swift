import Clocks

extension RunManifest {
    /// The seconds from the start of the run to the end of the last of these trials, including everything between
    /// them; nil where a time cannot be read. For a run that was interrupted this includes the interruption.
    public func seconds(through observations: [Observation]) -> Double? {
        guard let start = Timestamp.parse(Array(startedAt.utf8)) else { return nil }
        // Two calendar times may be further apart than an Int64 of nanoseconds allows.
        var seconds = 0.0
        for observation in observations {
            guard let began = Timestamp.parse(Array(observation.startedAt.utf8)) else { return nil }
            seconds = max(seconds, (Double(began) - Double(start)) / 1e9 + observation.measuredSeconds)
        }
        return seconds
    }
}
