import Catalog
import ExperimentModel
import FaultInjection
import Foundation
import NetworkPaths
import ReconnectionStudy
import Testing

@Suite struct FaultRegistrationTests {
    private static let sources = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")

    /// The types in the files of a folder that conform to a protocol, by their declarations, and the files without one.
    private static func conformers(to name: String, in folder: String) throws -> (types: Set<String>, strays: [String])
    {
        let declaration = try Regex(#"(?m)^(?:public|package) struct (\w+): \#(name) \{"#)
        var types: Set<String> = []
        var strays: [String] = []
        let files = try FileManager.default.contentsOfDirectory(
            at: sources.appending(path: folder), includingPropertiesForKeys: nil)
        for file in files where file.pathExtension == "swift" {
            let matches = try String(contentsOf: file, encoding: .utf8).matches(of: declaration)
            if matches.count != 1 { strays.append(file.lastPathComponent) }
            for match in matches { types.insert(String(try #require(match.output[1].substring))) }
        }
        return (types, strays)
    }

    @Test("Every fault of the proxy that has a file is registered, and has a file of its own")
    func registersEveryFault() throws {
        let (found, strays) = try Self.conformers(to: "Fault", in: "FaultInjection/Faults")
        #expect(strays.isEmpty, "one fault a file")
        #expect(
            found == Set(Catalog.proxyFaults.map { "\($0)" }),
            "add the fault's registration line to Catalog/Faults.swift")
    }

    @Test("Every fault of the runner that has a file is registered, and has a file of its own")
    func registersEveryRunnerFault() throws {
        let (found, strays) = try Self.conformers(to: "RunnerFault", in: "ReconnectionStudy/Faults")
        #expect(strays.isEmpty, "one fault a file")
        #expect(
            found == Set(Catalog.runnerFaults.map { "\($0)" }),
            "add the fault's registration line to Catalog/RunnerFaults.swift")
        #expect(Catalog.runnerFaults.allSatisfy { $0.profile.executor == .runner })
    }

    @Test("Every path that has a file is registered, and has a file of its own")
    func registersEveryPath() throws {
        let (found, strays) = try Self.conformers(to: "NetworkPath", in: "NetworkPaths/Paths")
        #expect(strays.isEmpty, "one path a file")
        #expect(
            found == Set(Catalog.paths.map { "\(type(of: $0))" }),
            "add the path's registration line to Catalog/Paths.swift")
    }

    @Test("A name that is registered twice traps")
    func trapsOnDuplicates() async {
        await #expect(processExitsWith: .failure) {
            _ = Catalog.distinct(Catalog.proxyFaults + Catalog.proxyFaults.prefix(1))
        }
        await #expect(processExitsWith: .failure) {
            _ = Catalog.distinct(Catalog.paths + Catalog.paths.prefix(1))
        }
    }

    @Test("Experiments know every fault and path by its name")
    func namesAreKnown() {
        #expect(Catalog.vocabulary.faults.map(\.name) == Catalog.faults.map(\.name))
        #expect(Catalog.vocabulary.paths == Catalog.paths.map(\.name))
        #expect(Set(Catalog.faults.map(\.name)).count == Catalog.faults.count)
        for path in Catalog.paths { #expect(Catalog.path(named: path.name)?.name == path.name) }
    }

    @Test("A fault's defaults are within their ranges", arguments: Catalog.faults.map(\.name))
    func defaultsAreLegal(name: String) throws {
        let profile = try #require(Catalog.faults.first { $0.name == name })
        #expect(!profile.purpose.isEmpty)
        #expect(Set(profile.parameters.map(\.name)).count == profile.parameters.count)
        for parameter in profile.parameters {
            #expect((parameter.minimum...parameter.maximum).contains(parameter.default))
        }
    }

    private static func row(_ name: String) throws -> String {
        let document = try String(
            contentsOf: sources.deletingLastPathComponent().appending(path: "Docs/Faults.md"), encoding: .utf8)
        return try #require(
            document.split(separator: "\n").first { $0.hasPrefix("| `\(name)` |") }.map(String.init),
            "Docs/Faults.md has no row of '\(name)'")
    }

    @Test(
        "Docs/Faults.md has every fault, with its parameters and their defaults", arguments: Catalog.proxyFaults.indices
    )
    func documentsFaults(index: Int) throws {
        let profile = Catalog.proxyFaults[index].profile
        let row = try Self.row(profile.name)
        for parameter in profile.parameters where parameter.name != "share" {
            let shown =
                parameter.default == parameter.default.rounded() ? "\(Int(parameter.default))" : "\(parameter.default)"
            #expect(row.contains("`\(parameter.name)` \(shown)"), "\(parameter.name)")
        }
        #expect(row.hasSuffix("| yes |") == profile.needsPlain)
    }

    @Test("Docs/Faults.md has every path, with the counts of its settings", arguments: Catalog.paths.indices)
    func documentsPaths(index: Int) throws {
        let path = Catalog.paths[index]
        let cells = try Self.row(path.name).split(separator: "|", omittingEmptySubsequences: false)
            .map { $0.filter { $0 != " " } }
        // An empty cell: the transport does not work on this path.
        for (cell, transport) in zip(cells.dropFirst(3), ["sse", "websocket", "polling"]) where !cell.isEmpty {
            #expect(cell == "\(path.settings(for: transport))", "\(transport)")
        }
    }
}
