public import Reporting

extension Catalog {
    /// The forms of a report, in the order in which they are written. A new one adds its line here.
    public static let renderers: [any Renderer] = distinct([
        HTMLRenderer(),
        MarkdownRenderer(),
        DecisionRenderer(),
        CellsCSVRenderer(),
        PercentilesCSVRenderer(),
        ComparisonsCSVRenderer(),
        SamplesCSVRenderer(),
        AuthCSVRenderer(),
        AuthJSONRenderer(),
        SessionsCSVRenderer(),
        SessionsJSONRenderer(),
        FiguresCSVRenderer(),
        FiguresJSONRenderer(),
    ])

    /// Traps where two renderers write the same file, because the second would overwrite it.
    package static func distinct(_ renderers: [any Renderer]) -> [any Renderer] {
        var names: Set<String> = []
        for renderer in renderers {
            precondition(names.insert(renderer.fileName).inserted, "'\(renderer.fileName)' is registered twice")
        }
        return renderers
    }
}
