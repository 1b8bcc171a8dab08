internal import Mustache

/// The parsed templates. Every one escapes by Unicode scalars: the library's own escaping goes by characters, and
/// lets a quote pass that carries a combining mark.
package struct PageTemplates: Sendable {
    static let shared = Result { try PageTemplates() }

    private let library: MustacheLibrary

    private init() throws {
        MustacheContentTypes.register(MarkupContent(), named: "MARKUP")
        var library = MustacheLibrary()
        let sources = [
            "report": PackageResources.report_mustache, "table": PackageResources.table_mustache,
            "figure": PackageResources.figure_mustache,
        ]
        for (name, bytes) in sources {
            // Prepended here so that no template can be written without it; a partial starts anew, so each needs it.
            let source = "{{% CONTENT_TYPE:MARKUP}}" + String(decoding: bytes, as: UTF8.self)
            try library.register(source, named: name)
        }
        self.library = library
    }

    /// The style sheet that stands in every page.
    package static var style: String { String(decoding: PackageResources.style_css, as: UTF8.self) }

    func render(_ page: Page) throws -> String {
        guard let text = library.render(page, withTemplate: "report") else {
            throw ReportError(.brokenTemplate, "the page template is missing from this build of tandem")
        }
        return text
    }
}
