import ExperimentRunner
import FoundationEssentials
import Threads

/// A kind of browser: where it is, how it is started, and how it is spoken to.
package protocol BrowserKind: Sendable {
    /// As reports call it.
    var name: String { get }
    /// Debian's package.
    var debianPackage: String { get }
    /// What is started; nil where it is not installed.
    var program: String? { get }
    /// What stands before the address of its protocol, in a line of its standard error.
    var announcement: String { get }
    /// What stands behind the address.
    var path: String { get }

    /// Makes a profile in the browser's home.
    ///
    /// - Returns: the arguments of the program.
    func prepare(in home: String, _ certificates: BrowserCertificates?) async throws -> [String]
    /// Begins to speak.
    func session(over link: BrowserLink) async throws -> any Browser
}

/// A browser that runs.
package protocol Browser: Sendable {
    /// With its major version: `Chromium 156`.
    var version: String { get }
    /// A page in a context of its own, loaded.
    func open(_ url: String) async throws -> any Page
}

extension BrowserKind {
    /// What to say where it is not installed; nil where it is.
    package var absence: String? {
        program == nil ? "\(name) is not installed (Debian package \(debianPackage))" : nil
    }

    /// Runs it without a window for as long as the body does, with a home of its own, which goes with it.
    ///
    /// It has ended, with all its processes, when this returns or throws, also where the task is cancelled.
    ///
    /// - Parameters:
    ///   - certificates: an authority to trust and a client certificate to show; nil trusts and shows none.
    ///   - patience: until it says where it listens, and then until it answers. Firefox takes some ten seconds.
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

/// The browsers that are known here, in the order of reports.
package enum KnownBrowsers {
    package static let all: [any BrowserKind] = [Chromium(), Firefox()]
    package static var installed: [any BrowserKind] { all.filter { $0.program != nil } }
    /// A line for each that is not installed.
    package static var absences: [String] { all.compactMap(\.absence) }
}
