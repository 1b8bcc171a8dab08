import AuthStudy
import Browsers
import Catalog
import ExperimentRunner
import Testing
import TransportCore

/// Every auth scheme, tried with the native APIs of real browsers and with curl: what they can use is what its profile declares.
@Suite(.serialized) struct ReachTests {
    private static let lacksCertutil = HelperProgram.path(of: "certutil") == nil

    @Test(
        "Chromium's APIs can use the schemes that are declared, and no other",
        .enabled(if: Chromium().program != nil, "Chromium is not installed (Debian package chromium)"),
        .disabled(if: lacksCertutil, "certutil is not installed (Debian package libnss3-tools)"))
    func chromium() async throws { try await tryAll(in: Chromium()) }

    @Test(
        "Firefox's APIs can use the schemes that are declared, and no other",
        .enabled(if: Firefox().program != nil, "Firefox is not installed (Debian package firefox-esr)"),
        .disabled(if: lacksCertutil, "certutil is not installed (Debian package libnss3-tools)"))
    func firefox() async throws { try await tryAll(in: Firefox()) }

    @Test(
        "curl can use the schemes that are declared, and no other",
        .enabled(if: HelperProgram.path(of: "curl") != nil, "curl is not installed (Debian package curl)"),
        arguments: Catalog.authSchemes.map(\.profile.name))
    func curl(_ scheme: String) async throws {
        let profile = try #require(Catalog.authScheme(named: scheme)).profile
        try await TemporaryFolder.with { folder in
            let kit = try await CredentialKit(in: folder.path + "/kit")
            let server = ObservedServer(tandem: ObservedCommand.path, kit: kit, guardian: folder.guardian)
            let certificate = profile.needsTLS ? kit.serverCertificate.clientFiles : nil
            let attempt = try await server.run(auth: scheme, for: MeasuringPage.origin, certificate: certificate) {
                try await CurlAttempt(
                    scheme: scheme, server: $0.endpoint, kit: kit, token: kit.token(), jar: folder.path + "/cookies"
                ).make()
            }
            let (works, saw) = try #require(attempt, "write in CurlAttempt how curl uses \(scheme)")
            #expect(works == profile.clients.contains(.curl), "\(scheme): \(saw)")
        }
    }

    private func tryAll(in kind: some BrowserKind) async throws {
        try await TemporaryFolder.with { folder in
            let kit = try await CredentialKit(in: folder.path + "/kit")
            let server = ObservedServer(tandem: ObservedCommand.path, kit: kit, guardian: folder.guardian)
            let certificates = BrowserCertificates(
                authority: kit.authority, client: kit.certificate(.good).clientFiles)
            try await kind.run(trusting: certificates) { browser in
                for profile in Catalog.authSchemes.map(\.profile) {
                    // A cookie has another name, and more attributes, over TLS.
                    for tls in profile.needsTLS ? [true] : profile.name == "cookie" ? [false, true] : [false] {
                        try await attempt(profile, in: browser, server, tls: tls)
                    }
                }
            }
        }
    }

    private func attempt(
        _ profile: AuthSchemeProfile, in browser: any Browser, _ server: ObservedServer, tls: Bool
    ) async throws {
        let certificate = tls ? server.kit.serverCertificate.clientFiles : nil
        try await PageServer.run(certificate: certificate) { pages in
            try await server.run(auth: profile.name, for: pages.origin, certificate: certificate) { running in
                for client in PageAttempt.clients {
                    let page = try await browser.open("\(pages.origin)/")
                    let (works, saw) = try await PageAttempt(
                        scheme: profile.name, server: running.endpoint, page: page, token: server.kit.token()
                    ).make(client)
                    #expect(
                        works == profile.clients.contains(client),
                        "\(browser.version), \(client.rawValue), \(profile.name)\(tls ? ", TLS" : ""): \(saw)")
                    try await page.close()
                }
            }
        }
    }
}
