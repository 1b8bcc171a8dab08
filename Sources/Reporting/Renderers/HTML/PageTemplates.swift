internal import Mustache

/// The parsed templates. They escape by Unicode scalar. The library's own escaping works by character, and does not
/// recognize a quote with a combining mark.
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
            // Prepended here so that no template can lack it. A partial does not inherit the content type, so each
            // needs it.
            let source = "{{% CONTENT_TYPE:MARKUP}}" + String(decoding: bytes, as: UTF8.self)
            try library.register(source, named: name)
        }
        self.library = library
    }

    /// The style sheet of every page.
    package static var style: String { String(decoding: PackageResources.style_css, as: UTF8.self) }

    func render(_ page: Page) throws -> String {
        guard let text = library.render(page, withTemplate: "report") else {
            throw ReportError(.brokenTemplate, "the page template is missing from this build of tandem")
        }
        return text
    }
}
