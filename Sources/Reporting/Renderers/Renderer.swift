/// One form of the report. The catalog registers each in one line.
public protocol Renderer: Sendable {
    /// The name of its file in the result folder, for example `report.html`; unique among renderers.
    var fileName: String { get }
    /// The file's purpose in half a sentence, for `tandem list`.
    var purpose: String { get }
    /// Whether the analysis has such a file.
    func applies(to analysis: Analysis) -> Bool
    /// The contents of the file. The same analysis gives the same text.
    func render(_ analysis: Analysis) async throws -> String
}

extension Renderer {
    public func applies(to analysis: Analysis) -> Bool { true }
}
