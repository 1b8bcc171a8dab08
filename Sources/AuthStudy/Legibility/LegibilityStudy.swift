package import Browsers
package import ExperimentRunner
import Threads
import Transports

/// Measures what page code can tell of a failure: brings twelve causes about, and observes each native client of real browsers.
package struct LegibilityStudy: Sendable {
    /// The path of the command.
    package var tandem: String
    /// How often each cause is brought about.
    package var repetitions: Int

    package init(tandem: String, repetitions: Int) {
        self.tandem = tandem
        self.repetitions = repetitions
    }

    /// How long a client is observed, in milliseconds.
    private static let window = 6_000

    /// - Parameters:
    ///   - browsers: installed browsers, in the order of reports.
    ///   - folder: for keys and certificates.
    ///   - announce: reports the browser that is measured next.
    /// - Throws: `StudyError` or `TrialError` where a cause could not be brought about, `BrowserError` where a browser fails.
    package func measure(
        _ browsers: [any BrowserKind], in folder: TemporaryFolder, announce: @Sendable (String) -> Void
    ) async throws -> LegibilityResult {
        let kit = try await CredentialKit(in: folder.path + "/kit")
        let certificate = try await DevelopmentCertificate.create(in: folder.path)
        let server = ObservedServer(tandem: tandem, kit: kit, guardian: folder.guardian)
        return try await PageServer.run { ours in
            try await PageServer.run { foreign in
                let requester = try HTTPRequester()
                return try await withEnd {
                    await requester.shutdown()
                } _: {
                    let stage = LegibilityStage(
                        server: server, certificate: certificate, origin: ours.origin, foreign: foreign.origin,
                        requester: requester)
                    return try await result(of: browsers, stage, announce)
                }
            }
        }
    }

    private func result(
        of browsers: [any BrowserKind], _ stage: LegibilityStage, _ announce: @Sendable (String) -> Void
    ) async throws -> LegibilityResult {
        var result = LegibilityResult()
        for kind in browsers {
            let seen = try await kind.run { try await observe($0, stage, announce) }
            for (browser, client, cause, signal) in seen { result.add(signal, of: cause, to: client, in: browser) }
        }
        return result
    }

    private typealias Signal = (browser: String, client: String, cause: String, signal: String)

    private func observe(
        _ browser: any Browser, _ stage: LegibilityStage, _ announce: @Sendable (String) -> Void
    ) async throws -> [Signal] {
        announce("\(browser.version), \(repetitions) times \(LegibilityCause.allCases.count) causes")
        var seen: [Signal] = []
        for _ in 0..<repetitions {
            for cause in LegibilityCause.allCases {
                // Opened before the cause: a token that is to expire is valid for 3 s, and a browser may take longer to open a page.
                let page = try await browser.open("\(stage.origin)/")
                let steps = try await stage.bringAbout(cause) { try await observe(page, $0) }
                try await page.close()
                for (client, steps) in zip(LegibilityClient.allCases, steps) {
                    seen.append((browser.version, client.rawValue, cause.rawValue, steps.joined(separator: " > ")))
                }
            }
        }
        return seen
    }

    /// The steps that each client showed.
    private func observe(_ page: any Page, _ situation: Situation) async throws -> [[String]] {
        let names = JSONValue.list(LegibilityClient.allCases.map { .text($0.rawValue) })
        for client in LegibilityClient.allCases {
            try await page.call(
                "observe", .text(client.rawValue), .text(client.api), client.parameters(situation),
                .number(Double(Self.window)))
        }
        let opened = try await page.call("opened", names, as: [Bool].self)
        guard !situation.opens || opened.allSatisfy({ $0 }) else {
            let steps = try await page.call("ended", names, as: [[String]].self)
            throw StudyError("no stream to strike: \(steps)")
        }
        try await situation.strike()
        return try await page.call("ended", names, as: [[String]].self)
    }
}
