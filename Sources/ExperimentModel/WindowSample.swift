/// The state of a long trial at one moment of its window. A slow growth shows only in a series of samples.
public struct WindowSample: Codable, Hashable, Sendable {
    /// Seconds since the window began.
    public var seconds: Double
    /// Quantiles of the corrected latency, in nanoseconds, over the updates that arrived since the previous sample;
    /// nil where none did.
    public var latencyP50: Int64?
    public var latencyP99: Int64?
    /// Updates of the window that became visible since the previous sample, delivered or superseded.
    public var updates: Int64
    /// Nil where there is no server process, or it could not be read.
    public var serverRssBytes: Int64?
    public var serverDescriptors: Int?

    public init(
        seconds: Double, latencyP50: Int64? = nil, latencyP99: Int64? = nil, updates: Int64,
        serverRssBytes: Int64? = nil, serverDescriptors: Int? = nil
    ) {
        self.seconds = seconds
        self.latencyP50 = latencyP50
        self.latencyP99 = latencyP99
        self.updates = updates
        self.serverRssBytes = serverRssBytes
        self.serverDescriptors = serverDescriptors
    }
}
