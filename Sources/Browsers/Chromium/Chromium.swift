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
        // Root cannot start it otherwise, nor can users in a container without namespaces. It only opens pages of this host.
        "--no-sandbox",
        "--remote-debugging-port=0", "--no-first-run", "--no-default-browser-check", "--disable-gpu",
        // Containers have a small /dev/shm.
        "--disable-dev-shm-usage",
        // All traffic stays on this host: no updates, no metrics, no names to resolve.
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ]

    /// Presents a client certificate without asking, like the policy AutoSelectCertificateForUrls.
    private static let preferences: JSONValue = [
        "profile": [
            "content_settings": [
                "exceptions": ["auto_select_certificate": ["*,*": ["setting": ["filters": [[:]]]]]]
            ]
        ]
    ]

    package func prepare(in home: String, _ certificates: BrowserCertificates?) async throws -> [String] {
        // Chromium on Linux has one database for all profiles.
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
