import ExperimentModel
import Reporting

extension Vocabulary {
    /// Names that the tests' experiments use; the catalog has the command's.
    static let standard = Self(
        transports: ["sse", "websocket", "polling", "long-polling", "in-process"], intervalTransports: ["polling"],
        protocolVersions: ["h1", "h2"],
        authSchemes: ["bearer", "cookie", "query", "ticket", "subprotocol", "message", "mtls", "none"],
        probes: ["footprint", "system-calls"])
}

extension ReportOptions {
    init(title: String? = nil, resamples: Int = 2000) {
        self.init(title: title, resamples: resamples, vocabulary: .standard)
    }
}

extension Report {
    init(renderers: [any Renderer]) { self.init(renderers: renderers, options: ReportOptions()) }
}

extension SummaryTable {
    static func text(_ observations: [Observation], width: Int) -> String {
        text(observations, width: width, options: ReportOptions())
    }
}
