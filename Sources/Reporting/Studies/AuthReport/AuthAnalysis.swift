internal import ExperimentModel

/// The analysis of a study of auth schemes: everything that its report says, computed once from the observations.
public struct AuthAnalysis: Sendable {
    /// By path, then in the order of `schemes`.
    public var vectors: [AuthVector]
    /// The names of the schemes in a fixed order.
    public var schemes: [String]
    public var paths: [AuthPath]
    public var fronts: [ParetoFront]
    public var goals: [Goal]
    /// Schemes that cannot be used on a path, could not be measured there, or failed.
    public var exclusions: [Exclusion]
    public var files: AuthFiles
    /// The sum over trials.
    public var measuredSeconds: Double
    /// From the start of the run to its end; nil if it left no `run.json`.
    public var runSeconds: Double?

    /// Nil if the run is not a study of auth schemes.
    init?(_ folder: ResultFolder) {
        let observations = folder.observations
        guard folder.manifest?.study == .auth || observations.contains(where: { $0.auth != nil }) else { return nil }
        files = folder.authFiles
        let code = Dictionary(
            (files.code?.schemes ?? []).map { ($0.scheme, $0) }, uniquingKeysWith: { first, _ in first })
        // The trials come in random order. The report shows the schemes in an order that does not change between runs.
        let names = unique(observations.map(\.cell.auth)).filter { $0 != "none" }
        schemes = names.sorted { (Self.place($0), $0) < (Self.place($1), $1) }
        paths = unique(observations.filter { $0.cell.auth != "none" }.map { AuthPath($0.cell) }).sorted()
        var vectors: [AuthVector] = []
        var exclusions: [Exclusion] = []
        for path in paths {
            for scheme in schemes {
                let trials = observations.filter { $0.cell.auth == scheme && AuthPath($0.cell) == path }
                let measured = trials.filter { $0.status == .ok }.compactMap(\.auth)
                if !measured.isEmpty {
                    var vector = AuthVector(
                        scheme: scheme, path: path, summary: .merged(measured), code: code[scheme],
                        trials: measured.count)
                    vector.legibleBits = files.legibility?.bits(for: vector).map(\.bits).max()
                    vectors.append(vector)
                }
                // Several loads may give the same reason. The first one is kept.
                let excluded = Exclusion.all(trials)
                exclusions += excluded.enumerated().filter { place, one in
                    !excluded[..<place].contains { $0.status == one.status && $0.reason == one.reason }
                }.map(\.element)
            }
        }
        self.vectors = vectors
        self.exclusions = exclusions
        fronts = paths.compactMap { path in
            let here = vectors.filter { $0.path == path }
            return here.isEmpty ? nil : ParetoFront(path, here)
        }
        measuredSeconds = observations.reduce(0) { $0 + $1.measuredSeconds }
        runSeconds = folder.manifest?.seconds(through: observations)
        goals = AuthGoals.all(
            vectors, runSeconds: runSeconds,
            // Failed and invalid trials would make the run look too fast.
            isWhole: folder.manifest.map { observations.count >= $0.trials } ?? false
                && observations.allSatisfy { $0.status == .ok || $0.status == .skipped },
            isMatrix: schemes.count > 2 && vectors.contains { $0.summary.exchanges != nil })
    }

    private static let order = ["bearer", "cookie", "query", "ticket", "subprotocol", "message", "mtls"]

    private static func place(_ scheme: String) -> Int { order.firstIndex(of: scheme) ?? order.count }

    public func vector(_ scheme: String, _ path: AuthPath) -> AuthVector? {
        vectors.first { $0.scheme == scheme && $0.path == path }
    }

    public func front(of path: AuthPath) -> ParetoFront? { fronts.first { $0.path == path } }
}
