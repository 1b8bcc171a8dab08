internal import ExperimentModel

/// `auth.csv`: a line for each figure of each auth scheme and path, so that a spreadsheet can pivot them.
public struct AuthCSVRenderer: Renderer {
    public let fileName = "auth.csv"
    public let purpose = "one line a figure of each auth scheme and path"

    public init() {}

    public func applies(to analysis: Analysis) -> Bool { analysis.auth != nil }

    public func render(_ analysis: Analysis) -> String {
        CSVTable(
            [.text("scheme", { $0.group.levels[.auth]?.text })] + FigureColumns.path + FigureColumns.name
                + [FigureColumns.value, FigureColumns.text]
        ).text(FigureRow.all(StudyReport(analysis)))
    }
}
