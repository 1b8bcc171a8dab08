/// One form of the report, registered by a line in the catalog.
public protocol Renderer: Sendable {
    /// The file in the result folder, for example `report.html`; no two renderers share one.
    var fileName: String { get }
    /// What the file is for, in half a sentence, for `tandem list`.
    var purpose: String { get }
    /// Whether there is such a file of this analysis.
    func applies(to analysis: Analysis) -> Bool
    /// The whole file. The same analysis gives the same text.
    func render(_ analysis: Analysis) async throws -> String
}

extension Renderer {
    public func applies(to analysis: Analysis) -> Bool { true }
}
