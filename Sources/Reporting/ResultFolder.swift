public import ExperimentModel
internal import FoundationEssentials

/// The files of one run, read into memory.
public struct ResultFolder: Sendable {
    public var path: String
    public var observations: [Observation]
    /// The run's plan; nil if the run left no `run.json`.
    public var manifest: RunManifest?
    /// Nil if the run left no `environment.json`; the report says so.
    public var environment: EnvironmentRecord?
    /// What is wrong with the last line of the file, in words; nil if that line is complete.
    public var tornLine: String?
    /// Files that other commands add to a study of auth schemes.
    public var authFiles: AuthFiles

    public init(
        path: String, observations: [Observation], manifest: RunManifest? = nil, environment: EnvironmentRecord? = nil,
        tornLine: String? = nil, authFiles: AuthFiles = AuthFiles()
    ) {
        self.path = path
        self.observations = observations
        self.manifest = manifest
        self.environment = environment
        self.tornLine = tornLine
        self.authFiles = authFiles
    }

    /// Reads a result folder. A link such as `latest` is followed.
    ///
    /// - Throws: `ReportError` if there are no observations, `ResultError` if a file is damaged.
    public init(path: String) throws {
        let folder: RunFolder
        do {
            folder = try RunFolder(existing: path)
        } catch {
            throw ReportError(
                .missingFile,
                "\(path): no such result folder; run an experiment first (tandem run), or name its folder under "
                    + "Experiments/Results")
        }
        guard Self.exists(folder.observationsPath) else {
            throw ReportError(
                .missingFile,
                "\(path) has no observations.jsonl: it is not the folder of a run, or no trial has ended yet")
        }
        let log = try ObservationLog.read(folder.observationsPath)
        guard !log.observations.isEmpty else {
            let reason = log.torn.map {
                "\($0), and there is no other: go on with the run, which measures it again (tandem run --resume \(path))"
            }
            throw ReportError(
                .noObservations, "\(folder.observationsPath): \(reason ?? ReportError.noObservations.message)")
        }
        self.init(
            path: folder.path, observations: log.observations,
            manifest: Self.exists(folder.manifestPath) ? try folder.manifest() : nil,
            environment: Self.exists(folder.environmentPath) ? try folder.environment() : nil,
            tornLine: log.torn.map { "\($0)" }, authFiles: try AuthFiles(in: folder.path))
    }

    private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}
