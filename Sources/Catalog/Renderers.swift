public import Reporting

extension Catalog {
    /// The forms of a report. A new one adds its line here.
    public static let renderers: [any Renderer] = Report.standardRenderers
}
