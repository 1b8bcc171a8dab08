import ExperimentRunner
import FoundationEssentials

/// Firefox, over WebDriver BiDi, without geckodriver.
package struct Firefox: BrowserKind {
    package let name = "Firefox"
    package let debianPackage = "firefox-esr"
    package let program: String?
    package let announcement = "WebDriver BiDi listening on "
    package let path = "/session"

    package init(program: String? = HelperProgram.path(of: "firefox-esr", "firefox")) { self.program = program }

    /// All traffic stays on this host, and no page opens but ours.
    private static let preferences: [(name: String, value: JSONValue)] = [
        ("app.normandy.enabled", false), ("app.update.auto", false), ("browser.aboutwelcome.enabled", false),
        ("browser.safebrowsing.malware.enabled", false), ("browser.safebrowsing.phishing.enabled", false),
        ("browser.shell.checkDefaultBrowser", false), ("browser.startup.page", 0),
        ("datareporting.policy.dataSubmissionEnabled", false), ("extensions.getAddons.cache.enabled", false),
        ("network.captive-portal-service.enabled", false), ("network.connectivity-service.enabled", false),
        ("network.dns.disabled", true), ("services.settings.server", "data:,#"), ("toolkit.telemetry.enabled", false),
        // Presents a client certificate without asking.
        ("security.default_personal_cert", "Select Automatically"),
    ]

    package func prepare(in home: String, _ certificates: BrowserCertificates?) async throws -> [String] {
        let profile = home + "/profile"
        try FileManager.default.createDirectory(atPath: profile, withIntermediateDirectories: true)
        try await certificates?.install(in: profile)
        let lines = try Self.preferences.map { "user_pref(\"\($0.name)\", \(try $0.value.json));\n" }
        try Data(lines.joined().utf8).write(to: URL(filePath: profile + "/user.js"))
        return ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"]
    }

    package func session(over link: BrowserLink) async throws -> any Browser {
        let session = try await link.send("session.new", ["capabilities": [:]])
        let version = session["capabilities"]?["browserVersion"]?.text ?? ""
        return FirefoxSession(version: "\(name) \(version.prefix { $0 != "." })", link: link)
    }
}
