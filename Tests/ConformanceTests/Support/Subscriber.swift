import OrderUpdates
import Testing
import TransportCore

/// One connection of a stage's client, and what it received.
struct Subscriber: Sendable {
    let stage: Stage
    let id: ConnectionID
    let recorder: Recorder
    let subscription: Subscription
    /// The latest state of each order that earlier connections received, where this one resumes them.
    var carried: [OrderID: [UInt8]] = [:]

    var transcript: Transcript { recorder.transcript }

    /// Waits until the connection has the latest state of all its orders.
    @discardableResult
    func catchUp(sourceLocation: SourceLocation = #_sourceLocation) async throws -> Transcript {
        let goal = subscription.orders.map { ($0, stage.log.latest(of: $0)) }
        return try await recorder.until("the latest state", sourceLocation: sourceLocation) { transcript in
            goal.allSatisfy { (transcript.latest[$0.0] ?? carried[$0.0]) == $0.1 }
        }
    }

    /// Opens the next connection of the same subscriber, where this one ended: after the last position that it received or,
    /// where it received none, the one that it asked for.
    func resume() -> Subscriber {
        var next = stage.subscription(subscription.orders, after: nil, subscription.credential)
        let position = transcript.position ?? subscription.after
        let isStreams = subscription.orders.count == 1 || position?.epoch == stage.hub.epoch
        if isStreams {
            next.after = position
        } else {
            next.positions = subscription.positions.merging(transcript.positions) { $1 }
        }
        var subscriber = stage.open(next)
        let known = carried.merging(transcript.latest) { $1 }
        subscriber.carried = known.filter { next.after != nil || next.positions[$0.key] != nil }
        return subscriber
    }

    /// Waits for the end of what lost its credential: a stream is told why, a series of requests meets a 401.
    func expectEnd(_ reason: CloseReason, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let cause = try await recorder.untilClosed(sourceLocation: sourceLocation)
        let expected: ClosedCause = stage.variant.isStreaming ? .reason(reason) : .refused(status: 401, retryAfter: nil)
        #expect(cause == expected, sourceLocation: sourceLocation)
    }

    func setReading(_ reads: Bool) { stage.client.setReading(reads, id) }

    /// Closes the connection; returns its transcript when nothing more can come.
    @discardableResult
    func close(sourceLocation: SourceLocation = #_sourceLocation) async throws -> Transcript {
        stage.client.close(id)
        try await recorder.untilClosed(sourceLocation: sourceLocation)
        return transcript
    }
}

extension Stage {
    /// Checks what one subscriber received over its connections, of which each but the first resumes the one before.
    func check(_ connections: Subscriber..., sourceLocation: SourceLocation = #_sourceLocation) {
        check(connections, sourceLocation: sourceLocation)
    }

    func check(_ connections: [Subscriber], sourceLocation: SourceLocation = #_sourceLocation) {
        var ledger = Ledger(log, orders: connections[0].subscription.orders, hubEpoch: hub.epoch, history: history)
        for connection in connections {
            let subscription = connection.subscription
            ledger.receive(connection.transcript.events, after: subscription.after, positions: subscription.positions)
        }
        #expect(ledger.violations.isEmpty, sourceLocation: sourceLocation)
    }
}
