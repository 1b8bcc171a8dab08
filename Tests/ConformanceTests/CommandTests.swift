import OrderUpdates
import Testing
import TransportCore

@Suite(.serialized) struct CommandTests {
    @Test("A command is carried out, and its update comes on the stream", arguments: Variant.commanding)
    func performs(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let order = try stage.create("commanded")
            let subscriber = try await stage.join(order)
            stage.client.send(ClientCommand(id: "c1", order: order, name: "complete"), subscriber.id)
            let transcript = try await subscriber.recorder.until("the result and the update") {
                $0.commandResults["c1"] != nil && $0.updates == 1
            }
            let epoch = try #require(stage.log.epoch(of: order))
            let position = StreamPosition(epoch: epoch, offset: 2)
            #expect(transcript.commandResults["c1"]?.accepted == true)
            #expect(transcript.commandResults["c1"]?.message == position.description)
            let state = try #require(stage.hub.order(order))
            #expect(state.status == .activated && state.position == position)
            #expect(transcript.events.contains(.update(position, state.json)))
        }
    }

    /// What is asked, by whom, of which order: all of it in vain.
    struct Vain: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var command: String
        var order = "commanded"
        var credential = TokenScheme.good
    }

    static let vain = [
        Vain(testDescription: "does not apply", command: "approve"),
        Vain(testDescription: "unknown command", command: "explode"),
        Vain(testDescription: "empty command", command: ""),
        Vain(testDescription: "unknown order", command: "complete", order: "nowhere"),
        Vain(testDescription: "another's order", command: "complete", order: "his"),
        Vain(testDescription: "no scope", command: "complete", credential: TokenScheme.readsOnly),
    ]

    @Test("A command that cannot be carried out is answered, and changes nothing", arguments: Variant.commanding, vain)
    func rejects(_ variant: Variant, _ vain: Vain) async throws {
        try await Stage.with(variant) { stage in
            let order = try stage.create("commanded")
            try stage.create("his", owner: "bob")
            let subscriber = stage.open(order, as: vain.credential)
            try await subscriber.recorder.until("the state") { $0.snapshots == 1 }
            let target = try #require(OrderID(vain.order))
            let published = stage.hub.statistics.published
            stage.client.send(ClientCommand(id: "c", order: target, name: vain.command), subscriber.id)
            let transcript = try await subscriber.recorder.until("the result") { $0.commandResults["c"] != nil }
            let result = try #require(transcript.commandResults["c"])
            #expect(!result.accepted)
            #expect(!result.message.isEmpty, "a rejection says why")
            #expect(stage.hub.statistics.published == published)
        }
    }

    @Test("Every command has its own result", arguments: Variant.commanding)
    func answersEach(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let order = try stage.create("commanded")
            let subscriber = try await stage.join(order)
            for number in 0..<50 {
                stage.client.send(ClientCommand(id: "\(number)", order: order, name: "approve"), subscriber.id)
            }
            let transcript = try await subscriber.recorder.until("all results") { $0.commandResults.count == 50 }
            #expect(transcript.commandResults.values.allSatisfy { !$0.accepted })
        }
    }
}
