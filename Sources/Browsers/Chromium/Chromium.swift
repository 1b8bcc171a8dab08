import ExperimentRunner
import FoundationEssentials

/// Chromium, over the DevTools protocol.
package struct Chromium: BrowserKind {
    package let name = "Chromium"
    package let debianPackage = "chromium"
    package let program: String?
    package let announcement = "DevTools listening on "
    package let path = ""

    package init(program: String? = HelperProgram.path(of: "chromium", "chromium-browser", "google-chrome")) {
        self.program = program
    }

    private static let arguments = [
        "--headless=new",
        // Root may not start it otherwise, nor anybody in a container without namespaces. It opens pages of this host alone.
        "--no-sandbox",
        "--remote-debugging-port=0", "--no-first-run", "--no-default-browser-check", "--disable-gpu",
        // /dev/shm of a container is small.
        "--disable-dev-shm-usage",
        // No traffic but to this host: neither updates, nor metrics, nor names that a resolver would be asked for.
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ]

    /// Shows a client certificate without asking, as an administrator's policy AutoSelectCertificateForUrls has it.
    private static let preferences: JSONValue = [
        "profile": [
            "content_settings": [
                "exceptions": ["auto_select_certificate": ["*,*": ["setting": ["filters": [[:]]]]]]
            ]
        ]
    ]

    package func prepare(in home: String, _ certificates: BrowserCertificates?) async throws -> [String] {
        // Not in the profile: Chromium on Linux has one database for all.
        if let certificates { try await certificates.install(in: home + "/.pki/nssdb") }
        let profile = home + "/profile"
        try FileManager.default.createDirectory(atPath: profile + "/Default", withIntermediateDirectories: true)
        try Data(Self.preferences.json.utf8).write(to: URL(filePath: profile + "/Default/Preferences"))
        return Self.arguments + ["--user-data-dir=\(profile)", "about:blank"]
    }

    package func session(over link: BrowserLink) async throws -> any Browser {
        let product = try await link.send("Browser.getVersion")["product"]?.text ?? ""
        // `HeadlessChrome/156.0.8078.108`.
        let major = product.drop { $0 != "/" }.dropFirst().prefix { $0 != "." }
        return ChromiumSession(version: "\(name) \(major)", link: link)
    }
}
