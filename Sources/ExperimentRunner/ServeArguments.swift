package import ExperimentModel
package import OrderUpdates
package import TransportCore

/// The arguments of `tandem serve` for a cell, but for its port: what every study starts a server with, and may change.
package struct ServeArguments: Sendable {
    package var auth: String
    package var loops: Int
    package var orders: Int
    package var owner: Subject
    package var heartbeat: Cell.Heartbeat
    /// What tokens are verified with, and what a browser's page would be of; unused with the scheme `none`.
    package var keySetPath: String?
    package var origin: Origin = MeasuringPage.origin
    /// PEM files; nil without TLS.
    package var certificate: (certificate: String, key: String)?
    package var clientAuthority: String?
    /// Whether HTTP/2 is served without TLS, on a port of its own.
    package var h2c: Bool
    /// Further arguments.
    package var more: [String] = []

    package init(_ cell: Cell, owner: Subject) {
        auth = cell.auth
        loops = cell.loops
        orders = cell.load.orders
        heartbeat = cell.heartbeat
        h2c = cell.protocolVersion == "h2" && !cell.tls
        self.owner = owner
    }

    /// Of a run's own credentials and certificate.
    package init(_ cell: Cell, _ credentials: RunSettings.Credentials, _ certificate: DevelopmentCertificate?) {
        self.init(cell, owner: credentials.owner)
        keySetPath = credentials.keySetPath
        if cell.auth == "mtls" { clientAuthority = credentials.client?.authorityPath }
        if cell.tls { self.certificate = certificate.map { ($0.certificatePath, $0.keyPath) } }
    }

    package var list: [String] {
        var list = [
            "--loops", String(loops), "--orders", String(orders), "--orders-prefix", "order-", "--owner",
            owner.description, "--auth", auth, "--heartbeat-kind", heartbeat.kind.rawValue,
            // All clients of a trial are one owner's.
            "--max-connections-per-owner", "100000",
        ]
        if heartbeat.kind != .off {
            list += ["--heartbeat-interval", "\(Int((heartbeat.seconds * 1000).rounded()))ms"]
        }
        if auth != "none", let keySetPath { list += ["--jwks", keySetPath, "--allow-origin", origin.description] }
        if let certificate { list += ["--tls-cert", certificate.certificate, "--tls-key", certificate.key] }
        if let clientAuthority { list += ["--client-ca", clientAuthority] }
        if h2c { list += ["--h2c-port", "0"] }
        return list + more
    }
}
