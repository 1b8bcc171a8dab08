package import ExperimentModel
package import OrderUpdates
package import TransportCore

/// The arguments of `tandem serve` for a cell, without the port. Every study starts servers with these, and may
/// change them.
package struct ServeArguments: Sendable {
    /// Most arguments follow from its factors. A study may change them for a server of its own.
    package var cell: Cell
    package var orders: Int
    package var owner: Subject
    /// The file of verification keys. With the scheme `none` neither it nor the origin is used.
    package var keySetPath: String?
    package var origin: Origin = MeasuringPage.origin
    /// PEM files; nil without TLS.
    package var certificate: (certificate: String, key: String)?
    package var clientAuthority: String?
    /// Further arguments.
    package var more: [String] = []

    package init(_ cell: Cell, owner: Subject) {
        self.cell = cell
        orders = cell.load.orders
        self.owner = owner
    }

    /// For a run's own credentials and certificate.
    package init(_ cell: Cell, _ credentials: RunSettings.Credentials, _ certificate: DevelopmentCertificate?) {
        self.init(cell, owner: credentials.owner)
        keySetPath = credentials.keySetPath
        if cell.auth == "mtls" { clientAuthority = credentials.client?.authorityPath }
        if cell.tls { self.certificate = certificate.map { ($0.certificatePath, $0.keyPath) } }
    }

    package var list: [String] {
        var list =
            [
                "--orders", String(orders), "--orders-prefix", "order-", "--owner", owner.description,
                // All clients of a trial belong to one owner.
                "--max-connections-per-owner", "100000",
            ] + Factor.all.flatMap { $0.arguments(cell) }
        if cell.auth != "none", let keySetPath {
            list += ["--jwks", keySetPath, "--allow-origin", origin.description]
        }
        if let certificate { list += ["--tls-cert", certificate.certificate, "--tls-key", certificate.key] }
        if let clientAuthority { list += ["--client-ca", clientAuthority] }
        return list + more
    }
}
