internal import Mustache

/// Text that a template may leave out. Empty words count as absent to the template; an empty `String` would not.
struct Words: MustacheCustomRenderable, ExpressibleByStringLiteral {
    var renderText: String
    var isNull: Bool { renderText.isEmpty }

    init(_ text: String) { renderText = text }
    init(stringLiteral text: String) { renderText = text }
}
