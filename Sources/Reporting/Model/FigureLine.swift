internal import ExperimentModel

/// One figure as a line for programs. Times are in nanoseconds if the name says so.
struct FigureLine: Hashable {
    var part: String
    /// Empty if the part has only one item.
    var item = ""
    var figure: String
    var value: Double?
    var low: Double?
    var high: Double?
    /// The number of values that a quantile rests on, censored ones included.
    var values: Int64?
    var censored: Int64?
    var text = ""
}

/// The figures of a cell, of two compared subjects, or of an auth scheme on a path.
struct FigureGroup {
    var study: String
    /// The cell's id; empty if the figures belong to several cells.
    var cell = ""
    /// What its figures have in common.
    var levels: [Factor: FactorLevel]
    var session: SessionLevels?
    var connections: Int?
    var trials: Int?
    var lines: [FigureLine]

    init(_ cell: Cell, study: String, trials: Int?, _ lines: [FigureLine]) {
        self.study = study
        self.cell = cell.id
        levels = Factor.levels(of: cell)
        session = cell.session
        connections = cell.load.connections
        self.trials = trials
        self.lines = lines
    }

    /// For two subjects under one condition. The cell is empty.
    init(_ contrast: PairComparison, _ lines: [FigureLine]) {
        study = Experiment.Study.delivery.rawValue
        let condition = contrast.condition
        levels = [
            .transport: .text(contrast.subject.transport), .protocolVersion: .text(contrast.subject.protocolVersion),
            .tls: .flag(condition.tls), .auth: .text(condition.auth), .heartbeat: .heartbeat(condition.heartbeat),
            .load: .text(condition.load.name), .loops: .number(Double(condition.loops)),
        ]
        connections = condition.load.connections
        trials = contrast.blocks
        self.lines = lines
    }

    init(scheme: String, _ path: AuthPath, trials: Int?, _ lines: [FigureLine]) {
        study = Experiment.Study.auth.rawValue
        levels = [
            .transport: .text(path.transport), .protocolVersion: .text(path.protocolVersion), .tls: .flag(path.tls),
            .auth: .text(scheme),
        ]
        self.trials = trials
        self.lines = lines
    }
}

extension FigureLine {
    /// A line with the reason why there is no figure.
    static func gap(_ status: Observation.Status, _ reason: String) -> Self {
        Self(part: "gap", item: status.rawValue, figure: "reason", text: reason)
    }
}
