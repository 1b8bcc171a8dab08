internal import ExperimentModel

/// Renders what the files of a run say: a pure function of them, so that anyone can regenerate it.
public struct Report: Sendable {
    public var renderers: [any Renderer]
    public var options: ReportOptions

    /// - Parameter renderers: the forms; the catalog has all that Tandem ships. None is enough to analyze.
    public init(renderers: [any Renderer] = [], options: ReportOptions) {
        self.renderers = renderers
        self.options = options
    }

    /// - Throws: `ReportError` where there is nothing to report on.
    public func analyze(_ folder: ResultFolder) throws -> Analysis {
        try AnalysisBuilder(folder, options: options).build()
    }

    /// Renders every form without touching the file system.
    public func render(_ folder: ResultFolder) async throws -> ReportFiles {
        try await render(try analyze(folder))
    }

    /// The same of an analysis that was made before.
    public func render(_ analysis: Analysis) async throws -> ReportFiles {
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
        try await write(try analyze(folder), to: folder.path)
    }

    /// The same of an analysis that was made before.
    @discardableResult
    public func write(_ analysis: Analysis, to path: String) async throws -> ReportFiles {
        let files = try await render(analysis)
        try files.write(to: path)
        return files
    }
}
