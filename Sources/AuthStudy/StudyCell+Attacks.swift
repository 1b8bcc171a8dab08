import Authentication
import Clocks
import ExperimentModel
import FoundationEssentials
import TransportCore

extension StudyCell {
    /// The list of attacks, against a server of its own: with keys that it may remove, certificates that it may withdraw, and
    /// limits that it can wait for.
    func attacks() async throws -> [AuthSummary.Attack] {
        let kit = try await CredentialKit(in: folder + "/attacks")
        let conditions = AttackConditions()
        let log = folder + "/attacks.log"
        return try await StudyServer.run(
            study.settings.tandem, arguments(kit, conditions), logPath: log
        ) { server in
            let target = AuthTarget(
                endpoint: server.endpoint, transport: TransportName(rawValue: cell.transport),
                version: ProtocolVersion(rawValue: cell.protocolVersion) ?? .h1, scheme: cell.auth,
                authority: cell.tls ? kit.authority : nil, order: "order-0", foreignOrder: "foreign-order")
            let run = AttackRun(target: target, kit: kit, conditions: conditions) {
                FileManager.default.contents(atPath: log).map {
                    String(decoding: $0, as: UTF8.self).split(separator: "\n").map(String.init)
                } ?? []
            }
            try await run.createForeignOrder()
            return try await run.run()
        }
    }

    private func arguments(_ kit: CredentialKit, _ conditions: AttackConditions) -> [String] {
        var arguments = [
            "serve", "--json", "--port", "0", "--loops", String(cell.loops), "--orders", "1", "--orders-prefix",
            "order-",
            "--owner", CredentialKit.owner, "--auth", cell.auth, "--heartbeat-kind", "off", "--drain-bound", "0.2",
            "--jwks", kit.verificationKeys, "--allow-origin", conditions.allowedOrigin,
            "--clock-skew", "\(conditions.clockSkew.seconds)s",
            "--ticket-lifetime", "\(conditions.ticketLifetime.seconds)s",
            "--first-message-deadline", "\(conditions.firstMessageDeadline.seconds)s",
            "--max-first-message-bytes", String(conditions.firstMessageBytes),
            "--max-message-bytes", String(conditions.messageBytes), "--max-body-bytes", String(conditions.bodyBytes),
            "--max-header-bytes", String(conditions.headerBytes),
        ]
        if cell.tls {
            let files = kit.tls(asksClients: cell.auth == MutualTLSScheme.profile.name)
            arguments += ["--tls-cert", files.certificate, "--tls-key", files.key]
            if let authorities = files.clientAuthorities { arguments += ["--client-ca", authorities] }
        } else if cell.protocolVersion == "h2" {
            arguments += ["--h2c-port", "0"]
        }
        return arguments
    }
}
