package import ExperimentModel
import OrderUpdates
import TransportCore

/// How the server of a cell is started: a process of its own for each trial, so that no trial inherits another's memory.
package struct ServerLaunch {
    package var program: String
    package var arguments: [String]

    package init(_ cell: Cell, _ settings: RunSettings, certificate: DevelopmentCertificate?, seconds: Double) {
        switch cell.server {
        case .tandem, .external:
            program = settings.tandem
            arguments = Self.serve(cell, settings, certificate)
        case .floor:
            program = settings.floorServer
            arguments = Self.floor(cell, settings, seconds)
        }
    }

    private static func serve(
        _ cell: Cell, _ settings: RunSettings, _ certificate: DevelopmentCertificate?
    ) -> [String] {
        var arguments = [
            "serve", "--json", "--port", "0", "--loops", String(cell.loops), "--orders", String(cell.load.orders),
            "--orders-prefix", "order-", "--owner", settings.credentials.owner.description, "--auth", cell.auth,
            "--heartbeat-kind", cell.heartbeat.kind.rawValue, "--drain-bound", "1",
            // All subscribers of a cell are one owner's.
            "--max-connections-per-owner", "100000",
        ]
        if cell.heartbeat.kind != .off {
            arguments += ["--heartbeat-interval", "\(Int((cell.heartbeat.seconds * 1000).rounded()))ms"]
        }
        if cell.auth != "none" {
            // The measuring client says that its page is of this origin, where a scheme asks for one.
            arguments += [
                "--jwks", settings.credentials.keySetPath, "--allow-origin", MeasuringPage.origin.description,
            ]
        }
        if cell.auth == "mtls", let client = settings.credentials.client {
            arguments += ["--client-ca", client.authorityPath]
        }
        if cell.tls, let certificate {
            arguments += ["--tls-cert", certificate.certificatePath, "--tls-key", certificate.keyPath]
        } else if cell.protocolVersion == "h2" {
            arguments += ["--h2c-port", "0"]
        }
        return arguments
    }

    /// The floor publishes on its own; SIGUSR1 starts it.
    private static func floor(_ cell: Cell, _ settings: RunSettings, _ seconds: Double) -> [String] {
        var arguments = ["--port", "0", "--loops", String(cell.loops), "--orders", String(cell.load.orders)]
        if cell.load.updatesPerSecond > 0 {
            arguments += [
                "--rate", String(cell.load.updatesPerSecond), "--burst", String(cell.load.burst),
                "--seconds", String(seconds), "--settle", "20",
            ]
        }
        return arguments
    }
}
