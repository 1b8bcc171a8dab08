import Clocks
import OrderUpdates
import TransportCore

/// Streams and waiting polls that are kept open past the end of their credential.
enum LifeAttacks {
    static var all: [Attack] {
        [
            Attack(
                "kept open past the credential's end", .life, isSlow: true, certificate: shortLife,
                unless: {
                    $0.isMutualTLS && $0.transport == .polling
                        ? "TLS refuses a certificate that has expired: see the certificates" : $0.rejectionOfLife
                }, expects: { $0.end(.credentialExpired) }
            ) { attacker in
                let credential = try attacker.credential(attacker.kit.token(lifetime: shortLife))
                return try attacker.keepOpen(credential) {
                    attacker.wait(for: attacker.target.isStream ? .zero : shortLife + attacker.conditions.clockSkew)
                }
            },
            Attack(
                "kept open past the credential's revocation", .life, isSlow: true, certificate: .seconds(3600),
                unless: \.rejectionOfLife, expects: { $0.end(.credentialRevoked) }
            ) { attacker in
                if let certificate = attacker.ownCertificate {
                    return try attacker.keepOpen(.certificate) {
                        try attacker.revoke("{\"tokenId\":\(quoted(certificate.serialNumber.description))}")
                    }
                }
                var draft = attacker.kit.draft()
                let id = "revoked-\(UInt64.random(in: 0...UInt64.max))"
                draft.set("jti", quoted(id))
                return try attacker.keepOpen(attacker.credential(attacker.kit.sign(draft))) {
                    try attacker.revoke("{\"tokenId\":\(quoted(id))}")
                }
            },
            Attack(
                "kept open past the principal's revocation", .life, isSlow: true,
                unless: {
                    $0.isMutualTLS
                        ? "it would withdraw every certificate of the owner's, which the other attacks need"
                        : $0.rejectionOfLife
                }, expects: { $0.end(.credentialRevoked) }
            ) { attacker in
                // A subject of its own, because the credentials of others must stay valid.
                let subject = "transient-\(UInt64.random(in: 0...UInt64.max))"
                let token = try attacker.kit.token(Subject(subject))
                try attacker.create(subject, .bearer(token))
                let credential = try attacker.credential(token, orders: [subject])
                return try attacker.keepOpen(credential, order: subject) {
                    try attacker.revoke("{\"subject\":\(quoted(subject))}")
                }
            },
            Attack(
                "kept open past the removal of the key", .life, isSlow: true,
                unless: { $0.isMutualTLS ? "no key of the server's signs a certificate" : $0.rejectionOfLife },
                expects: { $0.end(.credentialRevoked) }
            ) { attacker in
                let credential = try attacker.credential(attacker.kit.token(key: .doomed))
                return try attacker.keepOpen(credential) { try attacker.kit.remove(.doomed) }
            },
            Attack(
                "kept open past the logout", .life, isSlow: true,
                unless: { $0.isCookie ? nil : "the scheme has no session" }, expects: { $0.end(.credentialRevoked) }
            ) { attacker in
                let credential = try attacker.credential()
                return try attacker.keepOpen(credential) {
                    let status = try attacker.answer(RawRequest("DELETE", "/session"), credential, certificate: nil)
                        .status
                    guard status == 204 else { throw Attacker.Refused(outcome: .status(status ?? 0)) }
                }
            },
            Attack(
                "come back with a session that was logged out", .life,
                unless: { $0.isCookie ? nil : "the scheme has no session" }, expects: { $0.refusal(401) }
            ) { attacker in
                let credential = try attacker.credential()
                _ = try attacker.answer(RawRequest("DELETE", "/session"), credential, certificate: nil)
                return try attacker.open(nil, credential)
            },
            .token("come back with a token that was revoked", .life) { kit in
                var draft = kit.draft()
                draft.set("jti", quoted(revokedAtTheStart))
                return try kit.sign(draft)
            },
        ]
    }

    /// The lifetime of a credential that expires during its use. It is long enough to open a stream on a busy
    /// machine.
    private static let shortLife = Duration.seconds(4)

    /// A credential that is revoked before the first attack, for the last one of the list.
    static let revokedAtTheStart = "revoked-at-the-start"
}

extension AuthTarget {
    fileprivate var rejectionOfLife: String? {
        isTicket && transport == .polling ? "each poll takes a ticket of its own: see the tickets" : nil
    }

    /// How a stream ends, and how the next request is answered.
    fileprivate func end(_ reason: CloseReason) -> [Outcome] {
        isStream ? [.close(reason)] : [.status(401)]
    }
}

extension Attacker {
    /// Opens the order, ends the credential, and returns how the stream or the waiting poll ended. Where the
    /// transport keeps no connection, it asks again.
    fileprivate func keepOpen(
        _ credential: Credential, order: String? = nil, _ end: () throws -> Void
    ) throws -> Outcome {
        do {
            return try keep(credential, order, end)
        } catch let refused as Refused {
            return refused.outcome
        }
    }

    private func keep(_ credential: Credential, _ order: String?, _ end: () throws -> Void) throws -> Outcome {
        if target.transport == .longPolling { return try keepWaiting(credential, order, end) }
        let exchange = try send(opening(order), credential)
        let first = outcome(of: exchange)
        guard first == .delivered else { return .breach("not let in: \(first)") }
        guard target.isStream else {
            try end()
            return try askUntilRefused(credential, order)
        }
        let before = exchange.content.count
        try end()
        let outcome: Outcome
        if target.isWebSocket {
            outcome = closing(of: exchange)
        } else {
            let isTold = exchange.read(within: conditions.patience) { $0.text.contains("event: close") && $0.isOver }
            outcome = isTold ? streamEnd(exchange) : exchange.isOver ? .ended : .silence
        }
        let after = String(decoding: exchange.content.dropFirst(before), as: UTF8.self)
        // No update of the order may follow.
        return after.contains("activationStatus") ? .breach("updates came after the end") : outcome
    }

    private func keepWaiting(_ credential: Credential, _ order: String?, _ end: () throws -> Void) throws -> Outcome {
        // A ticket opens one request: the one that waits.
        let position = try position(of: order ?? target.order)
        var request = opening(order)
        request.query += ["after=\(position)", "wait=20"]
        let exchange = try send(request, credential)
        // A request that has not been answered has been let in.
        guard !exchange.read(within: .milliseconds(200), until: { $0.status != nil }) else {
            return .breach("not let in: \(outcome(of: exchange))")
        }
        try end()
        return outcome(of: exchange)
    }

    /// Polls until it is refused, because a poll does not notice the end of its credential. A removed key is valid
    /// until the server has read its keys again, so a few more polls may be let in; a ticket does not open a second
    /// request at all.
    private func askUntilRefused(_ credential: Credential, _ order: String?) throws -> Outcome {
        let clock = MonotonicClock()
        let deadline = clock.now.advanced(by: conditions.patience)
        while true {
            let outcome = try open(order, credential)
            guard outcome == .delivered, clock.now < deadline else { return outcome }
            wait(for: .milliseconds(50))
        }
    }

    /// The order's current position, from a poll of its owner.
    private func position(of order: String) throws -> String {
        let subject = order == target.order ? CredentialKit.owner : Subject(order)
        let exchange = try answer(
            RawRequest("GET", "/orders/\(order)"), .bearer(kit.token(subject)), certificate: nil)
        guard let tag = exchange["etag"] else { throw Refused(outcome: outcome(of: exchange)) }
        return String(tag.filter { $0 != "\"" })
    }

    func create(_ order: String, _ credential: Credential) throws {
        let exchange = try answer(
            RawRequest(post: "/orders", json: "{\"id\":\(quoted(order))}"), credential, certificate: nil)
        guard exchange.status == 201 else { throw Refused(outcome: outcome(of: exchange)) }
    }
}
