import Foundation
import Testing

/// A study of auth through the real command: real servers, real sockets, and its report.
@Suite(.serialized) struct AuthStudyRunTests {
    private static let experiment = """
        name: small-auth
        title: Two schemes
        study: auth
        warmupSeconds: 0
        measureSeconds: 2
        repetitions: 1
        factors:
          transport: sse
          tls: true
          auth: [cookie, message, mtls]
          load: streams
        loads:
          streams: {connections: 3, orders: 1, updatesPerSecond: 50}
        """

    private struct Line: Decodable {
        struct Cell: Decodable { var auth: String }
        struct Auth: Decodable {
            struct Exchange: Decodable {
                var step: String
                var requests: Int
            }
            struct Enforcement: Decodable {
                var cause: String
                var survivors: Int
            }
            struct PreAuth: Decodable {
                var kind: String
                var descriptors: Int
            }
            var exchanges: [Exchange]?
            var enforcement: [Enforcement]?
            var preAuth: [PreAuth]?
        }
        var cell: Cell
        var status: String
        var reason: String?
        var auth: Auth?
    }

    @Test("A study of auth is run and reported, and no file of it holds a token")
    func aStudyIsRunAndReported() async throws {
        try await Command.inFolder { folder in
            try Self.experiment.write(toFile: folder + "/auth.yaml", atomically: true, encoding: .utf8)
            let outcome = try await Command.run("run", "auth.yaml", "--out", folder, in: folder)
            #expect(outcome.status == 0, "\(outcome.error)")
            #expect(outcome.output.contains("Over SSE, HTTP/1.1, TLS, cookie"))
            let results = folder + "/latest"
            let text = try String(contentsOfFile: results + "/observations.jsonl", encoding: .utf8)
            let lines = try text.split(separator: "\n").map {
                try JSONDecoder().decode(Line.self, from: Data($0.utf8))
            }
            let byScheme = Dictionary(lines.map { ($0.cell.auth, $0) }, uniquingKeysWith: { first, _ in first })
            #expect(byScheme["message"]?.status == "skipped")
            #expect(byScheme["message"]?.reason?.contains("WebSocket") == true)
            for (scheme, causes, requests) in [
                ("cookie", ["revocation", "logout", "key removal", "expiry"], 2),
                ("mtls", ["revocation", "expiry"], 1),
            ] {
                let line = try #require(byScheme[scheme])
                #expect(line.status == "ok", "\(line.reason ?? "")")
                #expect(line.auth?.enforcement?.map(\.cause) == causes)
                #expect(line.auth?.enforcement?.allSatisfy { $0.survivors == 0 } == true)
                #expect(line.auth?.exchanges?.first { $0.step == "connect" }?.requests == requests)
                #expect(line.auth?.preAuth?.map(\.kind) == ["idle TCP", "idle TLS", "half a header"])
                // The server is a process of its own: what it holds is one socket for each peer.
                #expect(line.auth?.preAuth?.allSatisfy { $0.descriptors == 1 } == true)
            }
            for name in ["report.html", "report.md", "decision.md", "auth.csv", "auth.json"] {
                #expect(FileManager.default.fileExists(atPath: results + "/" + name), "\(name)")
            }
            // No part of a credential: tokens begin so.
            for name in try FileManager.default.contentsOfDirectory(atPath: results) {
                let file = try String(contentsOfFile: results + "/" + name, encoding: .utf8)
                #expect(!file.contains("eyJ"), "\(name) holds a token")
            }
        }
    }
}
