import ArgumentParser
import ExperimentRunner
import FoundationEssentials

/// `tandem doctor`: checks whether this machine can serve and measure, and says what to do where it cannot.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check whether this machine can serve and measure, and say what to fix.",
        discussion: """
            Examples:
              tandem doctor
              tandem doctor --json

            Exit status: 0 this machine can serve and measure; 3 it cannot. Warnings do not count.
            """)

    @Option(help: ArgumentHelp("Folder with the floor's programs.", valueName: "folder"), completion: .directory)
    var floor = FloorFolder.standard
    @Flag(help: "Print a JSON array.") var json = false

    func run() async throws {
        let floor = FloorFolder.find(floor, beside: (try? PlannedRun.ownProgram()) ?? "")
        let findings = [
            ProgramChecks(floorFolder: floor).findings, LibraryChecks().findings, LimitChecks().findings,
            await NoiseChecks().findings, EnvironmentChecks().findings,
        ].flatMap { $0 }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(findings), as: UTF8.self))
        } else {
            for finding in findings { print(finding.text) }
        }
        if findings.contains(where: { $0.grade == .problem }) { throw ExitStatus.environment }
    }
}
