import Catalog
import Foundation
import Testing
import TransportCore

/// What has a file and no line in the catalog exists for nobody: each extension point's sources are held against its list.
@Suite struct ExtensionPointTests {
    private static let sources = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")

    /// The public types below a folder that conform to a protocol, by their declarations.
    private static func conformers(to name: String, in folder: String) throws -> Set<String> {
        let declaration = try Regex(
            #"(?m)^public (?:final class|struct|actor|enum) (\w+)[^:{\n]*:[^{]*\b\#(name)\b"#)
        let files = FileManager.default.enumerator(at: sources.appending(path: folder), includingPropertiesForKeys: nil)
        var found: Set<String> = []
        for case let file as URL in try #require(files) where file.pathExtension == "swift" {
            for match in try String(contentsOf: file, encoding: .utf8).matches(of: declaration) {
                found.insert(String(try #require(match.output[1].substring)))
            }
        }
        try #require(!found.isEmpty, "\(folder) holds no \(name): has it moved?")
        return found
    }

    @Test func registersEveryProbe() throws {
        let registered = Set(Catalog.probes.map { "\(type(of: $0))" })
        let written = try Self.conformers(to: "Probe", in: "ExperimentRunner/Probes")
        #expect(written.subtracting(registered).isEmpty, "add the probe's line to Catalog/Probes.swift")
    }

    @Test func registersEveryRenderer() throws {
        let registered = Set(Catalog.renderers.map { "\(type(of: $0))" })
        let written = try Self.conformers(to: "Renderer", in: "Reporting/Renderers")
        #expect(written.subtracting(registered).isEmpty, "add the renderer's line to Catalog/Renderers.swift")
    }

    /// Each file under `Schemes/` says its scheme's name in its profile.
    @Test func registersEveryAuthScheme() throws {
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

    @Test func whatIsListedSaysWhatItIsFor() {
        #expect(Catalog.authSchemes.allSatisfy { !$0.profile.purpose.isEmpty })
    }

    @Test("A renderer, a scheme or a probe that is registered twice traps")
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
    }
}
