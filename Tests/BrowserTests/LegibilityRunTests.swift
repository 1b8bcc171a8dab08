import AuthStudy
import Browsers
import ExperimentModel
import Foundation
import Subprocess
import Testing

/// `tandem legibility` as a person runs it.
@Suite(.serialized) struct LegibilityRunTests {
    private func run(
        _ arguments: [String], environment: [String] = []
    ) async throws -> (status: Int32, output: String, errors: String) {
        let result = try await Subprocess.run(
            .name("env"),
            arguments: Arguments(environment + [ObservedCommand.path, "legibility"] + arguments),
            input: .none, output: .string(limit: 4 << 20), error: .string(limit: 1 << 20))
        guard case .exited(let status) = result.terminationStatus else { return (-1, "", result.standardError) }
        return (status, result.standardOutput, result.standardError)
    }

    private func inFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "legibility-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    @Test(
        "It writes every cause as every client of every installed browser sees it",
        .enabled(
            if: !KnownBrowsers.installed.isEmpty, "no browser is installed (Debian packages chromium, firefox-esr)"))
    func writes() async throws {
        try await inFolder { folder in
            let (status, output, errors) = try await run(["--repetitions", "1", folder])
            #expect(status == 0, "\(errors)")
            let file = "\(folder)/legibility.json"
            #expect(output.hasSuffix("written to \(file)\n"))
            let record = try JSONDecoder().decode(
                LegibilityRecord.self, from: try Data(contentsOf: URL(filePath: file)))
            let causes = LegibilityCause.allCases.map(\.rawValue)
            let clients = record.rows.map(\.client).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            #expect(clients.count == 5)
            #expect(record.rows.count == KnownBrowsers.installed.count * clients.count * causes.count)
            #expect(Array(record.rows.map(\.cause).prefix(causes.count)) == causes)
            #expect(record.mostBits == 3.585)
            #expect(record.bitsByBrowser?.count == KnownBrowsers.installed.count)
            for browser in Set(record.rows.compactMap(\.browser)) {
                for client in clients {
                    let signals = Dictionary(
                        uniqueKeysWithValues: record.rows.filter { $0.browser == browser && $0.client == client }
                            .map { ($0.cause, $0.signal) })
                    // In the stream all are told why it ends.
                    for (cause, word) in [("expired", "expired"), ("revoked", "revoked"), ("draining", "draining")] {
                        #expect(signals[cause]?.contains(word) == true, "\(browser), \(client): \(signals)")
                    }
                    #expect(output.contains("\n\(browser), \(client): "))
                }
            }
        }
    }

    @Test("Without a browser it says which there could be, writes nothing, and ends with 3")
    func lacksBrowsers() async throws {
        try await inFolder { folder in
            let (status, output, errors) = try await run([folder], environment: ["PATH=\(folder)"])
            #expect(status == 3 && output.isEmpty)
            #expect(errors.contains("Chromium is not installed (Debian package chromium): its rows are left out\n"))
            #expect(errors.contains("tandem: no browser is installed"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }

    @Test("A browser that does not start ends it with 3, and was given no folder of the user's")
    func doesNotStart() async throws {
        try await FakeProgram.with("env >$folder/environment; echo 'no display' >&2; exit 3") { program, folder in
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/chromium", withDestinationPath: program)
            let (status, _, errors) = try await run(
                [folder],
                environment: [
                    "PATH=\(folder):/usr/bin:/bin", "XDG_CONFIG_HOME=/nowhere", "XDG_RUNTIME_DIR=/nowhere",
                    "TMPDIR=\(folder)",
                ])
            #expect(status == 3)
            #expect(errors.contains("Chromium ended at its start: no display"), "\(errors)")
            let variables = FakeProgram.line("environment", in: folder).split(separator: "\n")
            let home = FakeProgram.line("home", in: folder)
            #expect(home.hasPrefix("\(folder)/tandem-run-"))
            #expect(variables.contains("TMPDIR=\(home)/tmp"))
            #expect(!variables.contains { $0.hasPrefix("XDG_") })
        }
    }
}
