public import ExperimentModel

/// The observations of all trials of a cell in a study of storms.
public struct StormResult: Sendable {
    public var cell: Cell
    public var trials: Int
    /// The number of sessions that were cut in each trial.
    public var sessions: Int
    public var bystanders: Int
    /// Connections a second.
    public var acceptRate: Estimate?
    public var measured: Curve
    public var model: Curve?
    public var extrapolation: Curve?
    /// The accept rate of the extrapolation's server, in connections a second; nil if nothing was extrapolated.
    public var extrapolationAcceptRate: Double?
    /// The model's time until 99 % were back, over the measured time.
    public var timeError: Estimate?
    /// The model's highest rate of attempts, over the measured rate.
    public var peakError: Estimate?
    /// The time until 99 % were back, over the bound; infinity if they never were.
    public var overBound: Estimate?
    /// The time that the server needs to accept all sessions, in nanoseconds: sessions over the accept rate, or the
    /// time that the server's pace needs if that is longer. The pace lets pass a second's worth at once, and its rate
    /// after that.
    public var bound: Double?
    public var ledger: SessionLedgerSummary?
    public var bystandersBefore: TimeDistribution?
    public var bystandersDuring: TimeDistribution?
    /// The trial with the median time until 99 % were back. Charts draw its curves.
    public var drawn: StormSummary
    /// From the first trial that has an extrapolation: the model does not depend on the trial.
    public var extrapolated: StormCurve?

    /// The figures of a curve as medians over trials.
    public struct Curve: Sendable {
        public var sessions: Int
        /// In nanoseconds; infinity if that share never came back.
        public var until50: Estimate?
        public var until90: Estimate?
        public var until99: Estimate?
        public var untilAll: Estimate?
        /// Attempts a second in the busiest bin.
        public var peak: Estimate?
        /// The length of a bin, in seconds. Shorter bins have higher peaks.
        public var binSeconds: Double
        public var refused: Estimate?
        public var attempts: Estimate?
        /// Sessions that stopped for good; nil if they were not counted.
        public var stopped: Estimate?
    }

    /// Nil if there are no trials.
    init?(_ cell: Cell, _ trials: [StormSummary], _ statistics: TrialStatistics) {
        let sorted = trials.sorted { Self.seconds($0) < Self.seconds($1) }
        guard let first = trials.first, let measured = Curve(trials.map(\.measured), statistics) else { return nil }
        self.cell = cell
        self.trials = trials.count
        self.measured = measured
        sessions = first.sessions
        bystanders = first.bystanders
        acceptRate = statistics.median(of: trials.map(\.acceptRate))
        model = Curve(trials.compactMap(\.model), statistics)
        extrapolation = Curve(trials.compactMap(\.extrapolation), statistics)
        extrapolationAcceptRate = trials.lazy.compactMap(\.extrapolationAcceptRate).first
        let pace = cell.session?.pace
        func bound(_ trial: StormSummary) -> Double? {
            guard trial.acceptRate > 0 else { return nil }
            let sessions = Double(trial.sessions)
            // The server's pace lets a second's worth pass at once.
            return max(sessions / trial.acceptRate, pace.map { max(0, sessions - $0) / $0 } ?? 0)
        }
        self.bound = statistics.median(of: trials.compactMap(bound)).map { ($0.value * 1e9).rounded() }
        overBound = statistics.median(
            ofReached: trials.compactMap { trial in
                bound(trial).map { Self.seconds(trial) / $0 }
            })
        timeError = statistics.median(
            of: trials.compactMap { trial in
                Self.ratio(trial.model?.secondsUntil99, trial.measured.secondsUntil99)
            })
        peakError = statistics.median(
            of: trials.compactMap { trial in
                Self.ratio(trial.model?.peakConnectsPerSecond, trial.measured.peakConnectsPerSecond)
            })
        let ledgers = trials.compactMap(\.ledger)
        ledger = ledgers.isEmpty ? nil : .total(ledgers)
        bystandersBefore = TimeDistribution(trials.compactMap(\.bystandersBefore), statistics)
        bystandersDuring = TimeDistribution(trials.compactMap(\.bystandersDuring), statistics)
        extrapolated = trials.lazy.compactMap(\.extrapolation).first
        drawn = sorted[(sorted.count - 1) / 2]
    }

    private static func seconds(_ storm: StormSummary) -> Double { storm.measured.secondsUntil99 ?? .infinity }

    private static func ratio(_ one: Double?, _ other: Double?) -> Double? {
        guard let one, let other, one > 0, other > 0 else { return nil }
        return one / other
    }
}

extension StormResult.Curve {
    fileprivate init?(_ curves: [StormCurve], _ statistics: TrialStatistics) {
        guard let first = curves.first else { return nil }
        func until(_ time: (StormCurve) -> Double?) -> Estimate? {
            statistics.median(ofReached: curves.map { curve in time(curve).map { ($0 * 1e9).rounded() } })
        }
        self.init(
            sessions: first.sessions, until50: until(\.secondsUntil50), until90: until(\.secondsUntil90),
            until99: until(\.secondsUntil99), untilAll: until(\.secondsUntilAll),
            peak: statistics.median(of: curves.map(\.peakConnectsPerSecond)), binSeconds: first.binSeconds,
            refused: statistics.median(of: curves.map { Double($0.refusedAttempts) }),
            attempts: statistics.median(of: curves.map { Double($0.attempts.reduce(0, +)) }),
            stopped: statistics.median(of: curves.compactMap { $0.stopped.map(Double.init) }))
    }
}
