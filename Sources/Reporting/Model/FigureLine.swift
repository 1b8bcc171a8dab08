internal import ExperimentModel

/// A figure on a line of its own, for programs. Times are nanoseconds where the name says so.
struct FigureLine: Hashable {
    var part: String
    /// Empty where the part has one only.
    var item = ""
    var figure: String
    var value: Double?
    var low: Double?
    var high: Double?
    /// What a quantile rests on, with the censored.
    var values: Int64?
    var censored: Int64?
    var text = ""
}

/// What figures are of, a cell or an auth scheme on a path, and the lines that a run has of it.
struct FigureGroup {
    var study: String
    /// Of the cell; empty where the figures are of several.
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

    /// Of two subjects under one condition; the cell is empty.
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
    /// Why there is no figure.
    static func gap(_ status: Observation.Status, _ reason: String) -> Self {
        Self(part: "gap", item: status.rawValue, figure: "reason", text: reason)
    }
}
