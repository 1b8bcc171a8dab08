import Clocks
public import ExperimentModel
import LWS
import TransportCore

/// A run of the attack list against one server: the attacks that are possible in its cell, and good requests before
/// and after them.
public struct AttackRun: Sendable {
    private let target: AuthTarget
    private let kit: CredentialKit
    private let conditions: AttackConditions
    private let log: (@Sendable () -> [String])?

    /// - Parameters:
    ///   - kit: the server follows its `verificationKeys` and has its policy.
    ///   - conditions: the server's other settings.
    ///   - log: returns the lines of the server's log so far. A line must be there before its request has been
    ///   answered. With nil, neither the line of each refusal nor the absence of credentials is checked.
    public init(
        target: AuthTarget, kit: CredentialKit, conditions: AttackConditions = AttackConditions(),
        log: (@Sendable () -> [String])? = nil
    ) {
        self.target = target
        self.kit = kit
        self.conditions = conditions
        self.log = log
    }

    /// Runs the list, which takes seconds. The server's orders do not change; its keys are restored at the start.
    /// - Throws: where the server cannot be reached at all. Its answers are results.
    public func run() async throws -> [AuthSummary.Attack] {
        try kit.restoreKeys()
        let attacks = Attacks.all.filter { $0.rejection(to: target) == nil }
        let controls = attacks.filter { $0.category == .control }
        var results = try await BlockingThread.run { [self] in
            [try preparation()] + attacks.filter { !$0.isSlow }.map { result(of: $0, in: LogMark(log)) }
        }
        let slow = attacks.filter(\.isSlow)
        let mark = LogMark(log)
        let slowResults = try await withThrowingTaskGroup { group in
            for (index, attack) in slow.enumerated() {
                group.addTask {
                    let certificate =
                        target.isMutualTLS
                        ? try await attack.certificateLifetime.asyncMap { try await kit.makeCertificate(lifetime: $0) }
                        : nil
                    return (
                        index, try await BlockingThread.run { result(of: attack, in: nil, certificate: certificate) }
                    )
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        results += slow.indices.compactMap { slowResults[$0] }
        results += try await BlockingThread.run { [self] in
            controls.map { control in
                var result = result(of: control, in: LogMark(log))
                result.name += ", afterwards"
                return result
            }
        }
        results.append(try await BlockingThread.run { [self] in try health() })
        if let mark { results.append(mark.verdict(on: slow.reduce(0) { $0 + $1.logLines })) }
        return results
    }

    private func result(
        of attack: Attack, in mark: LogMark?, certificate: IssuedCertificate? = nil
    ) -> AuthSummary.Attack {
        let attacker = Attacker(target, kit, conditions, ownCertificate: certificate)
        let expected = attack.expected(of: target)
        var observed: String
        var isRepelled = false
        var wantedLines = attack.logLines
        do {
            let outcome = try attack.carryOut(by: attacker)
            observed = outcome.description
            isRepelled = expected.contains(outcome)
            // Nothing was refused.
            if outcome == .delivered { wantedLines = 0 }
        } catch let refused as Attacker.Refused {
            observed = "not prepared: \(refused.outcome)"
        } catch {
            observed = "not carried out: \(error)"
        }
        if let rejection = attacker.echo ?? mark?.rejection(wantedLines, secrets: attacker.secrets) {
            observed += "; \(rejection)"
            isRepelled = false
        }
        var wanted: [String] = []
        for text in expected.map(\.description) where !wanted.contains(text) { wanted.append(text) }
        return AuthSummary.Attack(
            name: attack.name, category: attack.category.rawValue, expected: wanted.joined(separator: " or "),
            observed: observed, isRepelled: isRepelled)
    }

    /// Restores every key, and revokes what the server must refuse later.
    private func preparation() throws -> AuthSummary.Attack {
        let attacker = Attacker(target, kit, conditions)
        var result = AuthSummary.Attack(
            name: "a revocation, before the list", category: Attack.Category.control.rawValue, expected: "204",
            observed: "204", isRepelled: true)
        do {
            try attacker.awaitKeys()
            try attacker.revoke("{\"tokenId\":\(quoted(LifeAttacks.revokedAtTheStart))}")
        } catch let refused as Attacker.Refused {
            (result.observed, result.isRepelled) = (refused.outcome.description, false)
        }
        return result
    }

    private func health() throws -> AuthSummary.Attack {
        let attacker = Attacker(target, kit, conditions)
        let exchange = try attacker.answer(RawRequest("GET", "/healthz"), certificate: nil)
        return AuthSummary.Attack(
            name: "health, afterwards", category: Attack.Category.control.rawValue, expected: "200",
            observed: "\(exchange.status ?? 0)", isRepelled: exchange.status == 200)
    }
}

extension Attacker {
    /// Where an answer contained a credential; nil where none did.
    fileprivate var echo: String? {
        for answer in answers {
            let text = String(decoding: answer, as: UTF8.self)
            if secrets.contains(where: { text.contains($0) }) { return "the credential came back in the answer" }
        }
        return nil
    }

    /// Waits until the server accepts every key: an earlier run may have removed one.
    fileprivate func awaitKeys() throws {
        let clock = MonotonicClock()
        let deadline = clock.now.advanced(by: conditions.patience)
        while clock.now < deadline {
            let exchange = try answer(
                RawRequest("GET", "/orders/\(target.order)"), .bearer(kit.token(key: .doomed)), certificate: nil)
            if exchange.status == 200 { return }
            wait(for: .milliseconds(100))
        }
    }
}

extension Optional where Wrapped: Sendable {
    fileprivate func asyncMap<T>(_ transform: (Wrapped) async throws -> T) async rethrows -> T? {
        if let value = self { try await transform(value) } else { nil }
    }
}
