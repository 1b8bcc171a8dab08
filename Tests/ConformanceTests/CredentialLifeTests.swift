import Catalog
import LWS
import OrderUpdates
import Testing
import TransportCore
import Transports

/// What becomes of a stream when its credential expires, and how it is renewed, over every transport. They wait for seconds of the wall
/// clock, all at once.
@Suite struct CredentialLifeTests {
    @Test("A credential that expires ends its stream", arguments: Variant.all)
    func expires(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let order = try stage.create("followed")
            let lasting = try await stage.join(order)
            let ending = stage.open(order, as: .bearer(TokenScheme.ending(within: 2)))
            try await ending.expectEnd(.credentialExpired)
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
            let later = stage.open(order, as: .bearer(TokenScheme.ending(within: 3)))
            let sooner = stage.open(order, as: .bearer(TokenScheme.ending(within: 2)))
            try await sooner.expectEnd(.credentialExpired)
            try await later.expectEnd(.credentialExpired)
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
            try await left.expectEnd(.credentialRevoked)
            try stage.publish(order)
            for subscriber in renewed {
                try await subscriber.catchUp()
                #expect(subscriber.transcript.snapshots == 1, "without a gap, a repetition or a new connection")
                stage.check(subscriber)
            }
            // What they were renewed with ends in its own time, which the loops did not know of before.
            let end = TokenScheme.ending(within: 2)
            #expect(try await Self.renew("alice", with: end, stage).status == 200)
            for subscriber in renewed { try await subscriber.expectEnd(.credentialExpired) }
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
            try await subscriber.expectEnd(.credentialRevoked)
        }
    }
}
