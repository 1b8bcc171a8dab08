import ExperimentModel
package import ExperimentRunner
import OrderUpdates
package import TransportCore

/// `tandem serve` for page code: one order of the kit's owner, and one allowed origin.
package struct ObservedServer: Sendable {
    /// The path of the command.
    package var tandem: String
    package var kit: CredentialKit
    package var guardian: RunGuardian

    package init(tandem: String, kit: CredentialKit, guardian: RunGuardian) {
        self.tandem = tandem
        self.kit = kit
        self.guardian = guardian
    }

    /// Runs it while the body runs.
    ///
    /// - Parameters:
    ///   - auth: schemes, separated by commas.
    ///   - origin: the page that may call.
    ///   - certificate: for TLS; nil without.
    ///   - more: further arguments of `tandem serve`.
    package func run<Result: Sendable>(
        auth: String, for origin: Origin, certificate: CertificateFiles? = nil, more: [String] = [],
        _ body: (ServerProcess) async throws -> Result
    ) async throws -> Result {
        let load = LoadProfile(name: "page", connections: 1, orders: 1, updatesPerSecond: 0)
        let cell = Cell(transport: "sse", tls: certificate != nil, auth: auth, load: load)
        var arguments = ServeArguments(cell, owner: CredentialKit.owner)
        arguments.keySetPath = kit.verificationKeys
        arguments.origin = origin
        arguments.certificate = certificate.map { ($0.certificate, $0.key) }
        if auth == "mtls" { arguments.clientAuthority = kit.clientAuthority }
        // Without a scheme the arguments name no origin.
        arguments.more = ["--clock-skew", "0"] + (auth == "none" ? ["--allow-origin", origin.description] : []) + more
        return try await ServerProcess.run(ServerLaunch(tandem: tandem, arguments), guardian: guardian, body)
    }
}
