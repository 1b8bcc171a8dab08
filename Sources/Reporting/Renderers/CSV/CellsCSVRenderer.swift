internal import ExperimentModel

/// `cells.csv`: a line for each cell, with its outcome, every figure and the ledger. Times are nanoseconds.
public struct CellsCSVRenderer: Renderer {
    public let fileName = "cells.csv"
    public let purpose = "one line a cell: outcome, figures with intervals, ledger"

    public init() {}

    public func applies(to analysis: Analysis) -> Bool { analysis.isOfDeliveries }

    public func render(_ analysis: Analysis) -> String {
        let figures = DeliveryFigures.ofCells.map { figure in (figure.part, Self.columns(figure)) }
        func columns(of part: (String) -> Bool) -> [Column] { figures.filter { part($0.0) }.flatMap(\.1) }
        return CSVTable(
            CSVCell.columns + [.text("outcome", \.outcome.rawValue)] + columns { $0 == "trials" }
                + [.text("reasons") { $0.reasons.joined(separator: "; ") }] + columns { $0 != "trials" }
        ).text(analysis.cellsWithFloors)
    }

    private typealias Column = CSVTable<CellResult>.Column

    private static func columns(_ figure: DeliveryFigures.CellFigure) -> [Column] {
        let value = Column.number(figure.name) { figure.estimate($0)?.value }
        guard figure.hasInterval else { return [value] }
        return [
            value, .number(figure.name + "_low") { figure.estimate($0)?.interval?.lowerBound },
            .number(figure.name + "_high") { figure.estimate($0)?.interval?.upperBound },
        ]
    }
}
