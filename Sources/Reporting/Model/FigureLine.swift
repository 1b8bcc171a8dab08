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
    var transport: String
    var protocolVersion: String
    var tls: Bool
    var auth: String
    var session: SessionLevels?
    var load = ""
    var connections: Int?
    var trials: Int?
    var lines: [FigureLine]

    init(_ cell: Cell, study: String, trials: Int?, _ lines: [FigureLine]) {
        self.study = study
        self.cell = cell.id
        transport = cell.transport
        protocolVersion = cell.protocolVersion
        tls = cell.tls
        auth = cell.auth
        session = cell.session
        load = cell.load.name
        connections = cell.load.connections
        self.trials = trials
        self.lines = lines
    }

    /// For two subjects under one condition. The cell is empty.
    init(_ contrast: PairComparison, _ lines: [FigureLine]) {
        study = Experiment.Study.delivery.rawValue
        transport = contrast.subject.transport
        protocolVersion = contrast.subject.protocolVersion
        tls = contrast.condition.tls
        auth = contrast.condition.auth
        load = contrast.condition.load.name
        connections = contrast.condition.load.connections
        trials = contrast.blocks
        self.lines = lines
    }

    init(scheme: String, _ path: AuthPath, trials: Int?, _ lines: [FigureLine]) {
        study = Experiment.Study.auth.rawValue
        transport = path.transport
        protocolVersion = path.protocolVersion
        tls = path.tls
        auth = scheme
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
