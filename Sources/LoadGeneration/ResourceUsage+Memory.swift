public import ExperimentModel
public import Measurement

extension ResourceUsage {
    /// The memory as observations record it.
    public var memory: ProcessResources.Memory {
        ProcessResources.Memory(
            rssBytes: rssBytes, pssBytes: pssBytes, privateBytes: privateBytes, descriptors: descriptors)
    }
}
