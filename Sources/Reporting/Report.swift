internal import ExperimentModel

/// Renders the results of a run. A report is a pure function of the files of a run, so that anyone can regenerate it.
public struct Report: Sendable {
    public var renderers: [any Renderer]
    public var options: ReportOptions

    /// - Parameter renderers: the forms of the report; the catalog has all that Tandem ships. `analyze` needs none.
    public init(renderers: [any Renderer] = [], options: ReportOptions) {
        self.renderers = renderers
        self.options = options
    }

    /// - Throws: `ReportError` if there are no observations.
    public func analyze(_ folder: ResultFolder) throws -> Analysis {
        try AnalysisBuilder(folder, options: options).build()
    }

    /// Renders every form without writing files.
    public func render(_ folder: ResultFolder) async throws -> ReportFiles {
        try await render(try analyze(folder))
    }

    /// Renders an analysis that was made before.
    public func render(_ analysis: Analysis) async throws -> ReportFiles {
        var files = ReportFiles()
        for renderer in renderers where renderer.applies(to: analysis) {
            files.add(renderer.fileName, try await renderer.render(analysis))
        }
        return files
    }

    /// Renders every form and writes it into the result folder. Each file is replaced as a whole.
    ///
    /// - Returns: The files as written.
    /// - Throws: `ReportError` if there are no observations, or a file cannot be written.
    @discardableResult
    public func write(_ folder: ResultFolder) async throws -> ReportFiles {
        try await write(try analyze(folder), to: folder.path)
    }

    /// Renders and writes an analysis that was made before.
    @discardableResult
    public func write(_ analysis: Analysis, to path: String) async throws -> ReportFiles {
        let files = try await render(analysis)
        try files.write(to: path)
        return files
    }
}
