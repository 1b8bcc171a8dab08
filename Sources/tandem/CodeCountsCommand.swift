import ArgumentParser
import AuthStudy
import Catalog
import FoundationEssentials

/// `tandem code-counts`: what each auth scheme takes in code and settings, counted from the sources.
struct CodeCountsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "code-counts",
        abstract: "Count lines, branches, settings and state of each auth scheme in Tandem's sources.",
        discussion: """
            Prints the rule and a table, and writes code.json into the result folder, where `tandem report` finds it.

            Examples:
              tandem code-counts
              tandem code-counts Experiments/Results/latest-auth
              tandem code-counts --sources ~/tandem/Sources

            Exit status: 0 counted; 1 the sources have changed in a way that the count does not know; 2 a wrong command line; \
            3 there are no sources, or the file cannot be written.
            """)

    @Argument(
        help: ArgumentHelp(
            "The result folder that code.json is written into. (default: \(JoinedFile.latest), if it exists)",
            valueName: "folder"),
        completion: .directory)
    var folder: String?
    @Option(help: ArgumentHelp("The folder Sources of the repository.", valueName: "folder"), completion: .directory)
    var sources = "Sources"

    func validate() throws {
        if let folder, !JoinedFile.isFolder(folder) { throw ValidationError("there is no folder \(folder)") }
    }

    func run() throws {
        let counts = try CodeCounter(texts()).count(Catalog.authSchemes.map(\.profile))
        print(counts.text)
        guard let folder = folder ?? (JoinedFile.isFolder(JoinedFile.latest) ? JoinedFile.latest : nil) else { return }
        print("\nwritten to \(try JoinedFile.write(counts, named: "code.json", into: folder))")
    }

    /// The files that are counted, by their paths below `sources`.
    private func texts() throws -> [String: String] {
        var texts: [String: String] = [:]
        for folder in CodeCounter.folders {
            guard let names = try? FileManager.default.subpathsOfDirectory(atPath: "\(sources)/\(folder)") else {
                throw CommandFailure(
                    .environment,
                    "there are no sources in \(sources)/\(folder): run it in the root of the repository, or name the folder with "
                        + "--sources")
            }
            for name in names where name.hasSuffix(".swift") {
                let path = "\(folder)/\(name)"
                guard let data = FileManager.default.contents(atPath: "\(sources)/\(path)") else {
                    throw CommandFailure(.environment, "\(sources)/\(path) cannot be read")
                }
                texts[path] = String(decoding: data, as: UTF8.self)
            }
        }
        return texts
    }
}
