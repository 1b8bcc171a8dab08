import ArgumentParser
import Catalog
import ExperimentModel
import ExperimentRunner
import FoundationEssentials
import Glibc
import Reporting
import TransportCore

/// `tandem list`: what is registered, and which experiments there are.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the names that experiments and options can use.",
        discussion: """
            Examples:
              tandem list transports
              tandem list faults
              tandem list experiments --json
            """)

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case transports, schemes, studies, faults, probes, renderers, experiments
    }

    @Argument(help: "transports, schemes, studies, faults, probes, renderers or experiments.") var kind: Kind
    @Option(help: ArgumentHelp("The folder with the experiments.", valueName: "folder"), completion: .directory)
    var folder = "Experiments"
    @Flag(help: "Print a JSON array.") var json = false

    struct Entry: Encodable {
        var name: String
        var description: String
        /// The expected duration of a run; nil for everything but experiments.
        var seconds: Double?
        /// A fault's parameters, and what causes it; nil for everything but faults.
        var parameters: [FaultProfile.Parameter]?
        var executor: FaultProfile.Executor?

        /// Appended to the description in brackets; empty where there is nothing.
        var details: String {
            let words = [seconds.map(RunText.length), executor == .runner ? "in experiments alone" : nil]
            let all = words.compactMap { $0 } + (parameters ?? []).map(\.shown)
            return all.isEmpty ? "" : " (\(all.joined(separator: ", ")))"
        }
    }

    func run() throws {
        var unreadable: [ExperimentFileError] = []
        let entries = try entries(&unreadable)
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(entries), as: UTF8.self))
        } else {
            let indent = (entries.map(\.name.count).max() ?? 0) + 2
            // One line for each entry where the output is no terminal.
            let width = RunText.terminalColumns(of: STDOUT_FILENO).map { max(40, $0 - indent) } ?? .max
            for entry in entries {
                let lines = (entry.description + entry.details).wrapped(width: width)
                let blanks = String(repeating: " ", count: indent)
                let text = lines.joined(separator: "\n" + blanks)
                print(text.isEmpty ? entry.name : entry.name + blanks.dropFirst(entry.name.count) + text)
            }
        }
        guard !unreadable.isEmpty else { return }
        throw CommandFailure(.usage, unreadable.map(String.init(describing:)).joined(separator: "\n"))
    }

    private func entries(_ unreadable: inout [ExperimentFileError]) throws -> [Entry] {
        switch kind {
        case .transports:
            Catalog.transports.map { Entry(name: $0.name.rawValue, description: Self.describe($0.capabilities)) }
        case .schemes: Catalog.authSchemes.map { Entry(name: $0.profile.name, description: $0.profile.purpose) }
        case .faults:
            Catalog.faults.map {
                Entry(name: $0.name, description: $0.purpose, parameters: $0.parameters, executor: $0.executor)
            }
        case .studies: Catalog.studies.map { Entry(name: $0.study.rawValue, description: $0.purpose) }
        case .probes: Catalog.probes.map { Entry(name: $0.name, description: $0.purpose) }
        case .renderers: Catalog.renderers.map { Entry(name: $0.fileName, description: $0.purpose) }
        case .experiments: try experiments(&unreadable)
        }
    }

    private static func describe(_ capabilities: TransportCapabilities) -> String {
        var words = capabilities.protocolVersions.map(\.rawValue)
        if capabilities.supportsTLS { words.append("TLS") }
        words.append(capabilities.pushes ? "pushes" : "is asked")
        words.append(capabilities.replays ? "replays" : "shows the latest state")
        if capabilities.carriesCommands { words.append("commands") }
        if capabilities.carriesManyOrders { words.append("many orders") }
        return words.joined(separator: ", ")
    }

    private func experiments(_ unreadable: inout [ExperimentFileError]) throws -> [Entry] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw CommandFailure(.usage, "\(folder): no such folder; name one with --folder")
        }
        return names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted().compactMap { name in
            do throws(ExperimentFileError) {
                let experiment = try Experiment.load("\(folder)/\(name)", vocabulary: Catalog.vocabulary)
                let plan = TrialPlan(experiment, seed: 0)
                return Entry(
                    name: "\(folder)/\(name)", description: experiment.title,
                    seconds: experiment.expectedSeconds(of: plan.trials))
            } catch {
                // The others are listed even so.
                unreadable.append(error)
                return nil
            }
        }
    }
}
