import ExperimentModel

extension Vocabulary {
    /// Names that the tests' experiments use; the catalog has the command's.
    static let standard = Self(
        transports: ["sse", "websocket", "polling", "long-polling", "in-process"], intervalTransports: ["polling"],
        protocolVersions: ["h1", "h2"],
        authSchemes: ["bearer", "cookie", "query", "ticket", "subprotocol", "message", "mtls", "none"],
        probes: ["footprint", "system-calls"],
        metrics: ["latency-p50", "latency-p99", "cpu-per-update", "bytes-per-update"],
        metricsOfTime: ["latency-p50", "latency-p99"])
}

extension Experiment {
    static func decode(_ yaml: String, file: String) throws(ExperimentFileError) -> Experiment {
        try decode(yaml, file: file, vocabulary: .standard)
    }

    static func load(_ path: String) throws(ExperimentFileError) -> Experiment {
        try load(path, vocabulary: .standard)
    }
}
