/// `sessions.csv`: a line for each figure of each cell of a study of sessions. Times are nanoseconds.
public struct SessionsCSVRenderer: Renderer {
    public let fileName = "sessions.csv"
    public let purpose = "one line a figure of each cell of a study of sessions"

    public init() {}

    public func applies(to analysis: Analysis) -> Bool { analysis.sessions != nil }

    public func render(_ analysis: Analysis) -> String {
        CSVTable(
            [.text("cell", \.group.cell), .text("study", \.group.study)] + FigureColumns.path + FigureColumns.session
                + [.count("connections", \.group.connections), .count("trials", \.group.trials)] + FigureColumns.name
                + [FigureColumns.value] + FigureColumns.uncertainty + [FigureColumns.text]
        ).text(FigureRow.all(StudyReport(analysis)))
    }
}
