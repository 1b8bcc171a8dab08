import Glibc
import OrderUpdates
import Synchronization
import Testing
import TransportCore

/// Whoever holds a lock over a call of a client's, and takes it in the handler, must not meet itself.
@Suite(.serialized) struct ReentrancyTests {
    /// Notes the events that come on the thread that is calling the client just then.
    private final class Handler: ConnectionHandler, Sendable {
        private struct State {
            var caller: pthread_t?
            var events = 0
            var reentered: [String] = []
            var isClosed = false
        }
        private let state = Mutex(State())

        var events: Int { state.withLock { $0.events } }
        var reentered: [String] { state.withLock { $0.reentered } }
        var isClosed: Bool { state.withLock { $0.isClosed } }

        func calling<Result>(_ body: () -> Result) -> Result {
            state.withLock { $0.caller = pthread_self() }
            defer { state.withLock { $0.caller = nil } }
            return body()
        }

        func connection(_ id: ConnectionID, _ event: borrowing ConnectionEvent) {
            let event = Received(event)
            state.withLock { state in
                state.events += 1
                if let caller = state.caller, pthread_equal(caller, pthread_self()) != 0 {
                    state.reentered.append("\(event)")
                }
                if case .closed = event { state.isClosed = true }
            }
        }
    }

    @Test("No call of a client's calls the handler from within", arguments: Variant.all)
    func callsFromItsOwnThreads(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let order = try stage.create("reentrant")
            let subscription = stage.subscription([order])
            let (live, dead) = (Handler(), Handler())
            let connection = live.calling { stage.client.open(subscription, handler: live) }
            try await eventually("the first event") { live.events > 0 }
            for reads in [false, true] { live.calling { stage.client.setReading(reads, connection) } }
            live.calling { stage.client.send(ClientCommand(id: "a", order: order, name: "approve"), connection) }
            live.calling { stage.client.renew(connection, with: "none") }
            live.calling { stage.client.close(connection) }
            try await eventually("the end") { live.isClosed }
            await stage.server.stop()
            _ = dead.calling { stage.client.open(subscription, handler: dead) }
            try await eventually("the failure") { dead.isClosed }
            #expect(live.reentered == [] && dead.reentered == [])
        }
    }
}
