import Browsers
import Foundation
import Synchronization

/// A browser whose home is known, and by that its processes.
final class HousedBrowser: BrowserKind {
    private let kind: any BrowserKind
    private let home = Mutex("")

    init(_ kind: some BrowserKind) { self.kind = kind }

    var name: String { kind.name }
    var debianPackage: String { kind.debianPackage }
    var program: String? { kind.program }
    var announcement: String { kind.announcement }
    var path: String { kind.path }

    func prepare(in home: String, _ certificates: BrowserCertificates?) async throws -> [String] {
        self.home.withLock { $0 = home }
        return try await kind.prepare(in: home, certificates)
    }

    func session(over link: BrowserLink) async throws -> any Browser { try await kind.session(over: link) }

    /// The processes whose command line or environment names its home. Those of other browsers on this machine are not among them.
    func processes() throws -> [String] {
        let home = Data(home.withLock { $0 }.utf8)
        return try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { pid in
            Int(pid) != nil
                && ["cmdline", "environ"].contains { name in
                    FileManager.default.contents(atPath: "/proc/\(pid)/\(name)")?.firstRange(of: home) != nil
                }
        }
    }
}
