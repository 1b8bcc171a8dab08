public import ExperimentModel
public import Measurement

extension ResourceUsage {
    /// The part that stands in an observation.
    public var memory: ProcessResources.Memory {
        ProcessResources.Memory(
            rssBytes: rssBytes, pssBytes: pssBytes, privateBytes: privateBytes, descriptors: descriptors)
    }
}
