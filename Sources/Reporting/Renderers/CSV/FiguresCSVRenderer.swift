internal import ExperimentModel

/// `figures.csv`: a line for each figure of any study, so that one program can read them all. Times are in nanoseconds
/// if the name says so.
public struct FiguresCSVRenderer: Renderer {
    public let fileName = "figures.csv"
    public let purpose = "one line a figure, in one form for every study"

    public init() {}

    public func applies(to analysis: Analysis) -> Bool { true }

    public func render(_ analysis: Analysis) -> String {
        CSVTable(
            [.text("study", \.group.study), .text("cell", \.group.cell)] + Factor.all.map(FigureColumns.level)
                + [.count("connections", \.group.connections), .count("trials", \.group.trials)]
                + FigureColumns.name + [FigureColumns.value] + FigureColumns.uncertainty + [FigureColumns.text]
        ).text(FigureRow.all(StudyReport(analysis)))
    }
}
