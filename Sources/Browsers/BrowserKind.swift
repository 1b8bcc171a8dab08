import ExperimentRunner
import FoundationEssentials
import Threads

/// A kind of browser: its program, its start and its protocol.
package protocol BrowserKind: Sendable {
    /// Its name in reports.
    var name: String { get }
    /// The Debian package that has it.
    var debianPackage: String { get }
    /// The path of its program; nil where it is not installed.
    var program: String? { get }
    /// The text before the protocol's address, in a line of its standard error.
    var announcement: String { get }
    /// The path that is appended to the address.
    var path: String { get }

    /// Makes a profile in the browser's home.
    ///
    /// - Returns: the arguments of the program.
    func prepare(in home: String, _ certificates: BrowserCertificates?) async throws -> [String]
    /// Begins a session of its protocol.
    func session(over link: BrowserLink) async throws -> any Browser
}

/// A running browser.
package protocol Browser: Sendable {
    /// Name and major version: `Chromium 156`.
    var version: String { get }
    /// Loads a page in a new context.
    func open(_ url: String) async throws -> any Page
}

extension BrowserKind {
    /// Says that it is not installed, and what installs it; nil where it is installed.
    package var absence: String? {
        program == nil ? "\(name) is not installed (Debian package \(debianPackage))" : nil
    }

    /// Runs it without a window while the body runs, with a temporary home.
    ///
    /// All its processes have ended when this returns or throws, also where the task is cancelled.
    ///
    /// - Parameters:
    ///   - certificates: an authority to trust and a client certificate to show; nil trusts and shows none.
    ///   - patience: the time until it says where it listens, and then for each answer. Firefox takes about ten seconds to start.
    /// - Throws: `BrowserError` where it is not installed, or does not start in time.
    package func run<Result: Sendable>(
        trusting certificates: BrowserCertificates? = nil, patience: Duration = .seconds(60),
        _ body: (any Browser) async throws -> Result
    ) async throws -> Result {
        guard let program else { throw BrowserError(.notStarted, absence ?? "\(name) is not installed") }
        return try await TemporaryFolder.with { home in
            let arguments = try await prepare(in: home.path, certificates)
            return try await BrowserProcess.run(name, program, arguments, in: home) { process in
                let address = try await process.address(after: announcement, within: patience)
                let link = try await BrowserLink(to: address + path, of: name, within: patience)
                return try await withEnd {
                    await link.close()
                } _: {
                    try await body(session(over: link))
                }
            }
        }
    }
}

/// All supported browsers, in the order of reports.
package enum KnownBrowsers {
    package static let all: [any BrowserKind] = [Chromium(), Firefox()]
    package static var installed: [any BrowserKind] { all.filter { $0.program != nil } }
    /// A sentence for each that is not installed.
    package static var absences: [String] { all.compactMap(\.absence) }
}
