import Catalog
import LWS
import OrderUpdates
import Testing
import TransportCore
import Transports

/// What becomes of a stream when its credential ends, over every transport.
@Suite(.serialized) struct CredentialLifeTests {
    /// A stream is told; a series of requests meets a 401.
    private func expectEnd(_ subscriber: Subscriber, _ reason: CloseReason) async throws {
        let cause = try await subscriber.recorder.untilClosed()
        if subscriber.stage.variant.isStreaming {
            #expect(cause == .reason(reason))
        } else {
            #expect(cause == .refused(status: 401, retryAfter: nil))
        }
    }

    @Test("A credential that expires ends its stream", arguments: Variant.all)
    func expires(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let order = try stage.create("followed")
            let lasting = try await stage.join(order)
            let ending = stage.open(order, as: .bearer(TokenScheme.ending(within: 1)))
            try await expectEnd(ending, .credentialExpired)
            #expect(ending.transcript.events.first == .opened && ending.transcript.snapshots == 1)
            try stage.publish(order)
            try await lasting.catchUp()
            stage.check(ending)
            stage.check(lasting)
        }
    }

    @Test("Of many credentials each ends in its own time", arguments: Variant.all)
    func expireOneByOne(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let order = try stage.create("followed")
            // The later end first, so that the earlier one has to bring the look forward.
            let later = stage.open(order, as: .bearer(TokenScheme.ending(within: 2)))
            let sooner = stage.open(order, as: .bearer(TokenScheme.ending(within: 1)))
            try await expectEnd(sooner, .credentialExpired)
            try await expectEnd(later, .credentialExpired)
        }
    }

    @Test("A credential that is withdrawn ends its streams, and no others", arguments: Variant.all)
    func isWithdrawn(_ variant: Variant) async throws {
        try await Stage.with(variant) {
            $0.loops = 2
        } _: { stage in
            let hers = try stage.create("hers")
            let his = try stage.create("his", owner: "bob")
            var followers: [Subscriber] = []
            for _ in 0..<4 { followers.append(try await stage.join(hers)) }
            let others = [stage.open(his, as: .bearer("bob")), stage.open(hers, as: TokenScheme.readsOnly)]
            for other in others { try await other.recorder.until("the state") { $0.snapshots == 1 } }
            stage.auth.withdraw("alice")
            for follower in followers { try await expectEnd(follower, .credentialRevoked) }
            try stage.publish(hers)
            try stage.publish(his)
            for other in others { try await other.catchUp() }
            for follower in followers {
                #expect(follower.transcript.updates == 0, "nothing comes after the end")
                stage.check(follower)
            }
            let late = stage.open(hers)
            #expect(try await late.recorder.untilClosed() == .refused(status: 401, retryAfter: nil))
        }
    }

    @Test("A key that is removed ends the streams of all that it signed", arguments: Variant.all)
    func losesItsKey(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let hers = try stage.create("hers")
            let his = try stage.create("his", owner: "bob")
            let alice = try await stage.join(hers)
            let bob = stage.open(his, as: .bearer("bob"))
            try await bob.recorder.until("the state") { $0.snapshots == 1 }
            stage.auth.removeKey()
            try await expectEnd(alice, .credentialRevoked)
            try await expectEnd(bob, .credentialRevoked)
        }
    }

    @Test("A stream of many orders ends as a whole", arguments: Variant.manyOrders)
    func endsManyOrders(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let orders = [try stage.create("one"), try stage.create("two")]
            let subscriber = try await stage.join(orders)
            stage.auth.withdraw("alice")
            try await expectEnd(subscriber, .credentialRevoked)
        }
    }

    /// What waits for a reader that stalls is no longer for it: it is forgotten at once, and what it reads later is only what was
    /// on its way.
    @Test("A reader that stalls is ended too", arguments: Variant.streaming)
    func endsStalledReaders(_ variant: Variant) async throws {
        try await Stage.with(variant, history: 32) {
            $0.limits.pendingBytes = 256 * 1024
        } _: { stage in
            let order = try stage.create("stalled")
            let healthy = stage.open(order, as: TokenScheme.readsOnly)
            try await healthy.recorder.until("the state") { $0.snapshots == 1 }
            let stalled = try await stage.join(order)
            stalled.setReading(false)
            for _ in 0..<60 {
                try stage.publish(order, count: 16, String(repeating: "x", count: 32 * 1024))
                try await healthy.catchUp()
            }
            stage.auth.withdraw("alice")
            try await eventually("the stalled reader to be forgotten") { stage.server.statistics.subscribers == 1 }
            let waiting = stage.log.latest(of: order)
            stalled.setReading(true)
            let cause = try await stalled.recorder.untilClosed()
            #expect(cause == .reason(.credentialRevoked) || cause == .ended || "\(cause)".hasPrefix("failed"))
            #expect(stalled.transcript.latest[order] != waiting)
            #expect(stalled.transcript.losses == 0, "it is not brought up to date either")
            try stage.publish(order)
            try await healthy.catchUp()
        }
    }

    // MARK: Renewal

    /// The transports that have a server to send the side request to.
    static let overSockets = Variant.streaming.filter { $0.transport.name != .inProcess }

    private static func renew(_ tokenID: String, with token: String, _ stage: Stage) async throws -> (
        status: Int, body: String
    ) {
        let endpoint = stage.server.endpoint
        var request = ClientRequest(host: endpoint.host, port: endpoint.port, path: "/renewals")
        request.tls = endpoint.tls
        request.method = "POST"
        request.headers = [("authorization", "Bearer \(token)"), ("content-type", "application/json")]
        request.body = Array("{\"tokenId\":\"\(tokenID)\"}".utf8)
        let requester = try HTTPRequester(
            trustedAuthorities: endpoint.tls ? TestCertificate.shared.get().authority : nil)
        let answer: HTTPRequester.Answer
        do {
            answer = try await requester.send(request)
        } catch {
            await requester.shutdown()
            throw error
        }
        await requester.shutdown()
        return (answer.status, String(decoding: answer.body, as: UTF8.self))
    }

    @Test("A side request renews the streams of an earlier token", arguments: overSockets)
    func renews(_ variant: Variant) async throws {
        try await Stage.with(variant) {
            $0.loops = 2
        } _: { stage in
            let order = try stage.create("renewed")
            var renewed: [Subscriber] = []
            for _ in 0..<4 { renewed.append(stage.open(order, as: .bearer("alice-1"))) }
            let left = stage.open(order, as: .bearer("alice-2"))
            for subscriber in renewed + [left] {
                try await subscriber.recorder.until("the state") { $0.snapshots == 1 }
            }
            let answer = try await Self.renew("alice-1", with: "alice", stage)
            #expect(answer.status == 200)
            #expect(answer.body == "{\"streams\":4,\"expires\":null}")
            // What they were opened with ends: they do not.
            stage.auth.withdraw("alice-2")
            stage.auth.withdraw("alice-1")
            try await expectEnd(left, .credentialRevoked)
            try stage.publish(order)
            for subscriber in renewed {
                try await subscriber.catchUp()
                #expect(subscriber.transcript.snapshots == 1, "without a gap, a repetition or a new connection")
                stage.check(subscriber)
            }
            // What they were renewed with ends in its own time, which the loops did not know of before.
            let end = TokenScheme.ending(within: 1)
            #expect(try await Self.renew("alice", with: end, stage).status == 200)
            for subscriber in renewed { try await expectEnd(subscriber, .credentialExpired) }
        }
    }

    @Test("Nobody renews what is another's", arguments: overSockets)
    func refusesForeignRenewals(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let order = try stage.create("kept")
            let subscriber = stage.open(order, as: .bearer("alice-1"))
            try await subscriber.recorder.until("the state") { $0.snapshots == 1 }
            // Another subject's token; one of hers that may not read; an id that no stream has; a token that is none.
            for (id, token, status) in [
                ("alice-1", "bob", 404), ("alice-1", "alice-publishes", 403), ("alice-2", "alice", 404),
                ("alice-1", "nobody", 401),
            ] {
                #expect(try await Self.renew(id, with: token, stage).status == status)
            }
            stage.auth.withdraw("alice-1")
            try await expectEnd(subscriber, .credentialRevoked)
        }
    }
}
