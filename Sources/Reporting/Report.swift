internal import ExperimentModel

/// Renders what the files of a run say: a pure function of them, so that anyone can regenerate it.
public struct Report: Sendable {
    public var renderers: [any Renderer]
    public var options: ReportOptions

    public init(renderers: [any Renderer] = Report.standardRenderers, options: ReportOptions = ReportOptions()) {
        self.renderers = renderers
        self.options = options
    }

    /// All forms that Tandem ships.
    public static let standardRenderers: [any Renderer] = [
        HTMLRenderer(), MarkdownRenderer(), DecisionRenderer(), CellsCSVRenderer(), PercentilesCSVRenderer(),
        ComparisonsCSVRenderer(), AuthCSVRenderer(), AuthJSONRenderer(),
    ]

    /// - Throws: `ReportError` where there is nothing to report on.
    public func analyze(_ folder: ResultFolder) throws -> Analysis {
        try AnalysisBuilder(folder, options: options).build()
    }

    /// Renders every form without touching the file system.
    public func render(_ folder: ResultFolder) async throws -> ReportFiles {
        let analysis = try analyze(folder)
        var files = ReportFiles()
        for renderer in renderers where renderer.applies(to: analysis) {
            files.add(renderer.fileName, try await renderer.render(analysis))
        }
        return files
    }

    /// Renders every form and writes it into the result folder, each file whole or not at all.
    ///
    /// - Returns: The files as written.
    /// - Throws: `ReportError` where there is nothing to report on, or a file cannot be written.
    @discardableResult
    public func write(_ folder: ResultFolder) async throws -> ReportFiles {
        let files = try await render(folder)
        try files.write(to: folder.path)
        return files
    }
}
