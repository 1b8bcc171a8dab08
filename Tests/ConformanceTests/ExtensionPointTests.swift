import Catalog
import ExperimentModel
import ExperimentRunner
import Foundation
import Testing
import TransportCore

/// What has a file and no line in the catalog exists for nobody: each extension point's sources are held against its list.
@Suite struct ExtensionPointTests {
    private static let sources = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")

    /// What a kind of extension looks like in the sources, and what registers it.
    struct Point: Sendable, CustomTestStringConvertible {
        var kind: String
        /// Below `Sources`.
        var folders: [String]
        /// Its group is the name of one.
        var declaration: String
        /// A declaration that matches.
        var planted: String
        var registered: @Sendable () throws -> Set<String>
        /// What to do about one that is not registered.
        var advice: String
        var testDescription: String { kind }

        /// Those in a folder that are declared and not registered.
        func unregistered(below root: URL) throws -> Set<String> {
            let expression = try Regex(declaration)
            var found: Set<String> = []
            for folder in folders {
                let files = FileManager.default.enumerator(
                    at: root.appending(path: folder), includingPropertiesForKeys: nil)
                for case let file as URL in try #require(files) where file.pathExtension == "swift" {
                    for match in try String(contentsOf: file, encoding: .utf8).matches(of: expression) {
                        found.insert(String(try #require(match.output[1].substring)))
                    }
                }
            }
            try #require(!found.isEmpty, "\(folders) hold no \(kind): has it moved?")
            return found.subtracting(try registered())
        }

        /// The public types that conform to a protocol, by their declarations.
        static func conforming(to name: String) -> String {
            #"(?m)^public (?:final class|struct|actor|enum) (\w+)[^:{\n]*:[^{]*\b\#(name)\b"#
        }
    }

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: sources.appending(path: path), encoding: .utf8)
    }

    static let points: [Point] = [
        Point(
            kind: "probe", folders: ["ExperimentRunner/Probes"], declaration: Point.conforming(to: "Probe"),
            planted: "public struct Planted: Probe {", registered: { Set(Catalog.probes.map { "\(type(of: $0))" }) },
            advice: "add the probe's line to Catalog/Probes.swift"),
        Point(
            kind: "renderer", folders: ["Reporting/Renderers"], declaration: Point.conforming(to: "Renderer"),
            planted: "public struct Planted: Renderer {",
            registered: { Set(Catalog.renderers.map { "\(type(of: $0))" }) },
            advice: "add the renderer's line to Catalog/Renderers.swift"),
        Point(
            kind: "study", folders: ["ExperimentRunner", "AuthStudy", "ReconnectionStudy", "CapacityStudy"],
            declaration: Point.conforming(to: "TrialStudy"), planted: "public struct Planted: TrialStudy {",
            registered: { Set(try text("Catalog/Studies.swift").matches(of: /\b(\w+Study)\(/).map { String($0.1) }) },
            advice: "add the study's line to Catalog/Studies.swift"),
        Point(
            kind: "factor", folders: ["ExperimentModel/Factors"],
            declaration: #"(?m)^    (?:public )?static let (\w+) = (?:Factor|session)\("#,
            planted: "    public static let planted = Factor(",
            registered: {
                let table = try #require(
                    try text("ExperimentModel/Factors/Factor+Table.swift").firstMatch(
                        of: /static let all: \[Factor\] = \[([^\]]*)\]/))
                return Set(table.1.split { $0.isWhitespace || $0 == "," }.map(String.init))
            }, advice: "add the factor to Factor.all"),
        Point(
            kind: "report of a study", folders: ["Reporting/Studies"],
            declaration: #"(?m)^struct (\w+Report) \{"#, planted: "struct PlantedReport {",
            registered: {
                Set(
                    try text("Reporting/Model/StudyReport.swift").matches(of: /(\w+Report)\(analysis: analysis/).map {
                        String($0.1)
                    })
            }, advice: "add the report to StudyReport.init"),
    ]

    @Test("What has a file is registered", arguments: points)
    func registers(point: Point) throws {
        #expect(try point.unregistered(below: Self.sources).isEmpty, "\(point.advice)")
    }

    @Test("One that is planted and not registered is found", arguments: points)
    func findsWhatIsPlanted(point: Point) throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "tandem-planted-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        for folder in point.folders {
            let place = root.appending(path: folder)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            try point.planted.write(to: place.appending(path: "Planted.swift"), atomically: true, encoding: .utf8)
        }
        #expect(try point.unregistered(below: root).count == 1)
    }

    /// The public types below a folder that conform to a protocol, by their declarations.
    private static func conformers(to name: String, in folder: String) throws -> Set<String> {
        var point = points[0]
        point.folders = [folder]
        point.declaration = Point.conforming(to: name)
        point.registered = { [] }
        return try point.unregistered(below: sources)
    }

    @Test("Every study that an experiment may name is registered") func registersEveryStudy() {
        #expect(Set(Catalog.studies.map(\.study)) == Set(Experiment.Study.allCases))
    }

    /// Each file under `Schemes/` says its scheme's name in its profile.
    @Test("Each auth scheme that has a file is registered, and only none has no file")
    func registersEveryAuthScheme() throws {
        let written = try Self.conformers(to: "AuthScheme", in: "Authentication/Schemes")
        let names = Set(try Self.names(in: "Authentication/Schemes", after: "AuthSchemeProfile"))
        #expect(names.count == written.count, "each scheme has a file and a profile with a name of its own")
        let registered = Set(Catalog.authSchemes.map(\.profile.name))
        #expect(names.subtracting(registered).isEmpty, "add the scheme's line to Catalog/AuthSchemes.swift")
        // `none` authenticates nobody, so it has no file there.
        #expect(registered.subtracting(names) == ["none"], "a scheme is registered that has no file")
    }

    /// The texts that calls of an initializer begin with, below a folder.
    private static func names(in folder: String, after type: String) throws -> [String] {
        let call = try Regex(#"\#(type)\(\s*"(\w+)""#)
        let files = FileManager.default.enumerator(at: sources.appending(path: folder), includingPropertiesForKeys: nil)
        var found: [String] = []
        for case let file as URL in try #require(files) where file.pathExtension == "swift" {
            for match in try String(contentsOf: file, encoding: .utf8).matches(of: call) {
                found.append(String(try #require(match.output[1].substring)))
            }
        }
        return found
    }

    @Test("Each registered auth scheme says what it is for") func whatIsListedSaysWhatItIsFor() {
        #expect(Catalog.authSchemes.allSatisfy { !$0.profile.purpose.isEmpty })
    }

    @Test("A renderer, a scheme, a probe or a study that is registered twice traps")
    func trapsOnDuplicates() async {
        await #expect(processExitsWith: .failure) {
            _ = Catalog.distinct(Catalog.renderers + Catalog.renderers.prefix(1))
        }
        await #expect(processExitsWith: .failure) {
            _ = Catalog.distinct(Catalog.authSchemes + Catalog.authSchemes.prefix(1))
        }
        await #expect(processExitsWith: .failure) {
            _ = Catalog.distinct(Catalog.probes + Catalog.probes.prefix(1))
        }
        await #expect(processExitsWith: .failure) {
            _ = Catalog.distinct(Catalog.studies + Catalog.studies.prefix(1))
        }
    }
}
