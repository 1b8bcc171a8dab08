internal import Mustache

/// Text that a template may leave out: an empty one counts as absent, which an empty `String` does not.
struct Words: MustacheCustomRenderable, ExpressibleByStringLiteral {
    var renderText: String
    var isNull: Bool { renderText.isEmpty }

    init(_ text: String) { renderText = text }
    init(stringLiteral text: String) { renderText = text }
}
