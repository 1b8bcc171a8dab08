import OrderUpdates
import Testing
import TransportCore

/// What becomes of a stream whose credential is withdrawn, over every transport.
@Suite(.serialized) struct WithdrawnCredentialTests {
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
            for follower in followers { try await follower.expectEnd(.credentialRevoked) }
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
            try await alice.expectEnd(.credentialRevoked)
            try await bob.expectEnd(.credentialRevoked)
        }
    }

    @Test("A stream of many orders ends as a whole", arguments: Variant.manyOrders)
    func endsManyOrders(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let orders = [try stage.create("one"), try stage.create("two")]
            let subscriber = try await stage.join(orders)
            stage.auth.withdraw("alice")
            try await subscriber.expectEnd(.credentialRevoked)
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
            try await stage.flood(order, at: [healthy])
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
}
