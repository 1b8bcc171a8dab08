import OrderUpdates
import Testing
import TransportCore

@Suite(.serialized) struct AuthTests {
    /// Who asks for what, and the status that comes before anything else.
    struct Door: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var order: String
        var credential: Credential
        var status: Int
    }

    static let doors = [
        Door(testDescription: "no token", order: "hers", credential: .none, status: 401),
        Door(testDescription: "bad token", order: "hers", credential: TokenScheme.unknown, status: 401),
        Door(testDescription: "another's order", order: "hers", credential: TokenScheme.foreign, status: 403),
        Door(testDescription: "without the scope", order: "hers", credential: TokenScheme.cannotRead, status: 403),
        Door(testDescription: "no such order", order: "nowhere", credential: TokenScheme.good, status: 404),
        // Who may not ask does not learn what there is.
        Door(
            testDescription: "bad token, no such order", order: "nowhere", credential: TokenScheme.unknown, status: 401),
        Door(
            testDescription: "no scope, no such order", order: "nowhere", credential: TokenScheme.cannotRead,
            status: 403),
    ]

    @Test("Whoever may not subscribe learns it before the stream", arguments: Variant.all, doors)
    func refuses(_ variant: Variant, _ door: Door) async throws {
        try await Stage.with(variant) { stage in
            try stage.create("hers")
            let order = try #require(OrderID(door.order))
            let subscriber = stage.open(order, as: door.credential)
            let cause = try await subscriber.recorder.untilClosed()
            guard case .refused(let status, _) = cause else {
                Issue.record("closed as \(cause) instead of refused with \(door.status)")
                return
            }
            #expect(status == door.status)
            #expect(subscriber.transcript.events.count == 1, "nothing comes before the refusal")
        }
    }

    @Test("The owner's token opens the stream", arguments: Variant.all)
    func accepts(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let hers = try stage.create("hers")
            let his = try stage.create("his", owner: "bob")
            let alice = try await stage.join(hers)
            let bob = stage.open(his, as: .bearer("bob"))
            try await bob.recorder.until("the state") { $0.snapshots == 1 }
            try stage.publish(hers)
            try stage.publish(his)
            try await alice.catchUp()
            try await bob.catchUp()
            #expect(alice.transcript.latest.count == 1 && bob.transcript.latest.count == 1)
        }
    }

    @Test(
        "A namesake that is the owner to the eye, or to Unicode, may neither follow nor command", arguments: Variant.all
    )
    func refusesNamesakes(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            for (index, pair) in TokenScheme.lookalikes.enumerated() {
                let theirs = try stage.create("theirs-\(index)", owner: pair.owner)
                let own = try stage.create("own-\(index)", owner: pair.other)
                let cause = try await stage.open(theirs, as: TokenScheme.token(of: pair.other)).recorder.untilClosed()
                guard case .refused(403, _) = cause else {
                    Issue.record("\(pair.difference): closed as \(cause) instead of refused with 403")
                    continue
                }
                // Both are let in to what is theirs, and from there have no say over what is not.
                for (order, subject, other) in [(theirs, pair.owner, own), (own, pair.other, theirs)] {
                    let subscriber = stage.open(order, as: TokenScheme.token(of: subject))
                    try await subscriber.recorder.until("the state") { $0.snapshots == 1 }
                    guard variant.capabilities.carriesCommands else { continue }
                    stage.client.send(ClientCommand(id: "c", order: other, name: "complete"), subscriber.id)
                    let transcript = try await subscriber.recorder.until("the result") { $0.commandResults["c"] != nil }
                    #expect(transcript.commandResults["c"]?.accepted == false, "\(pair.difference)")
                }
            }
        }
    }

    @Test("A stream of many orders needs all of them", arguments: Variant.manyOrders)
    func refusesMixedOrders(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let hers = try stage.create("hers")
            let his = try stage.create("his", owner: "bob")
            let subscriber = stage.open(hers, his)
            let cause = try await subscriber.recorder.untilClosed()
            switch cause {
            case .refused(let status, _): #expect(status == 403)
            case .reason(let reason): #expect(reason == .forbidden)
            default: Issue.record("closed as \(cause)")
            }
            #expect(subscriber.transcript.latest[his] == nil)
        }
    }

    @Test("A refusal costs the server no connection", arguments: Variant.all)
    func forgetsRefusals(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let order = try stage.create("hers")
            for _ in 0..<20 {
                _ = try await stage.open(order, as: TokenScheme.unknown).recorder.untilClosed()
            }
            try await eventually("the refusals to be counted") { stage.server.statistics.refused == 20 }
            try await stage.join(order).close()
        }
    }
}
