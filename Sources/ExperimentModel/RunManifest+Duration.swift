import Clocks

extension RunManifest {
    /// Seconds from the start of the run to the end of the last of these trials, with all that was done between; nil where a time
    /// cannot be read. A run that was interrupted counts for as long as it rested, too.
    public func seconds(through observations: [Observation]) -> Double? {
        guard let start = Timestamp.parse(Array(startedAt.utf8)) else { return nil }
        var end = start
        for observation in observations {
            guard let began = Timestamp.parse(Array(observation.startedAt.utf8)) else { return nil }
            end = max(end, began + Int64(observation.measuredSeconds * 1e9))
        }
        return Double(end - start) / 1e9
    }
}
