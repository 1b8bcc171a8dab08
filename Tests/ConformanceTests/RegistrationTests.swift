import Catalog
import Foundation
import Testing
import TransportCore
import Transports

@Suite struct RegistrationTests {
    /// The folder of transports in the sources that this test was built from.
    private static let folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources/Transports")

    /// A mode of the command that shows our WebSocket to others' conformance tests; it carries no orders.
    private static let unlisted: Set = ["EchoTransport"]

    /// The names of the types in a folder that conform to a protocol, by their declarations.
    private static func conformers(to name: String, in folder: URL) throws -> Set<String> {
        var found: Set<String> = []
        let declaration = try Regex(#"(?m)^public (?:final class|struct|actor) (\w+):[^{]*\b\#(name)\b"#)
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        for file in files where file.pathExtension == "swift" {
            for match in try String(contentsOf: file, encoding: .utf8).matches(of: declaration) {
                found.insert(String(try #require(match.output[1].substring)))
            }
        }
        return found
    }

    @Test("Every transport that has a folder is registered")
    func registersEveryFolder() throws {
        let folders = try FileManager.default.contentsOfDirectory(
            at: Self.folder, includingPropertiesForKeys: [.isDirectoryKey]
        ).filter { $0.hasDirectoryPath && $0.lastPathComponent != "Shared" }
        #expect(!folders.isEmpty)
        let servers = Set(Catalog.transports.map { "\(type(of: $0.server))" })
        let clients = Set(Catalog.transports.map { "\(type(of: $0.client))" })
        var found: Set<String> = []
        for folder in folders {
            let here = try Self.conformers(to: "(?:ServerTransport|SocketTransport)", in: folder)
            #expect(!here.isEmpty, "\(folder.lastPathComponent) holds no transport")
            found.formUnion(here)
            #expect(
                try Self.conformers(to: "ClientTransport", in: folder).subtracting(clients).isEmpty,
                "add the client's registration line to Catalog/Transports.swift")
        }
        #expect(
            found.subtracting(servers).subtracting(Self.unlisted).isEmpty,
            "add the transport's registration line to Catalog/Transports.swift")
    }

    @Test("The names of transports differ, and find them")
    func findsByName() {
        #expect(Set(Catalog.transports.map(\.name)).count == Catalog.transports.count)
        for transport in Catalog.transports {
            #expect(Catalog.transport(named: transport.name)?.name == transport.name)
            #expect(transport.server.name == transport.client.name)
        }
        #expect(Catalog.transport(named: TransportName(rawValue: "carrier-pigeon")) == nil)
    }

    @Test("A name that is registered twice traps")
    func trapsOnDuplicates() async {
        await #expect(processExitsWith: .failure) {
            _ = Catalog.distinct(Catalog.transports + Catalog.transports.prefix(1))
        }
    }

    @Test("A client that is registered with another transport's server traps")
    func trapsOnMismatch() async {
        await #expect(processExitsWith: .failure) {
            _ = TransportRegistration(InProcessTransport(), Misnamed())
        }
    }

    @Test("Whatever a transport cannot do has its reason", arguments: Catalog.transports.map(\.name))
    func explainsLimitations(_ name: TransportName) throws {
        let capabilities = try #require(Catalog.transport(named: name)).capabilities
        for limitation in capabilities.limitations {
            #expect(!limitation.subject.isEmpty && !limitation.reason.isEmpty)
        }
        let lacks = Set(ProtocolVersion.allCases).subtracting(capabilities.protocolVersions)
        #expect(lacks.isEmpty || !capabilities.limitations.isEmpty, "say why a protocol version is not spoken")
        #expect(Set(capabilities.heartbeats).count == capabilities.heartbeats.count)
    }
}

private struct Misnamed: ClientTransport {
    var name: TransportName { TransportName(rawValue: "misnamed") }
    var capabilities: TransportCapabilities { InProcessClientTransport().capabilities }
    func makeClient(_ configuration: ClientConfiguration) async throws -> any TransportClient {
        throw TransportError(.unsupported, "not for connecting")
    }
}
