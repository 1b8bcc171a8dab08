import OrderUpdates
import Testing
import TransportCore

/// The suite's own instrument: it must see what it is there to see.
@Suite struct LedgerTests {
    private static let order = OrderID("a")!
    private static let other = OrderID("b")!
    private static let epoch: UInt64 = 7
    private static let hubEpoch: UInt64 = 1

    /// Twenty updates of each of two orders, published in turns; the history holds four of each.
    private static let log: PublishedLog = {
        let log = PublishedLog()
        log.noteEpoch(epoch, of: order)
        log.noteEpoch(epoch + 1, of: other)
        for offset in 1...20 {
            log.note(json(order, offset), of: order)
            log.note(json(other, offset), of: other)
        }
        return log
    }()

    private static func json(_ order: OrderID, _ offset: Int) -> [UInt8] {
        Array("{\"orderId\":\"\(order)\",\"message\":\"\(offset)\"}".utf8)
    }

    private static func position(_ offset: Int) -> StreamPosition {
        StreamPosition(epoch: epoch, offset: UInt64(offset))
    }

    private static func update(_ offset: Int) -> Received { .update(position(offset), json(order, offset)) }
    private static func snapshot(_ offset: Int) -> Received { .snapshot(position(offset), json(order, offset)) }

    private func violations(_ connections: [(after: Int?, events: [Received])]) -> [String] {
        var ledger = Ledger(Self.log, orders: [Self.order], hubEpoch: Self.hubEpoch, history: 4)
        for connection in connections {
            ledger.receive(connection.events, after: connection.after.map(Self.position))
        }
        return ledger.violations
    }

    @Test("A faithful delivery has no violation")
    func accepts() {
        let faithful: [[(after: Int?, events: [Received])]] = [
            [(nil, [.opened, Self.snapshot(1), Self.update(2), .heartbeat, Self.update(3), .closed(.ended)])],
            [(nil, [Self.snapshot(1), Self.update(2)]), (2, [Self.update(3)])],
            [(nil, [Self.snapshot(1), Self.positionLost, Self.snapshot(6), Self.update(7)])],
            [(nil, [Self.snapshot(1)]), (1, [.positionLost(nil), Self.snapshot(20)])],
            [(nil, [Self.snapshot(5)]), (nil, [Self.snapshot(5)])],
            [(nil, [.opened, .closed(.ended)])],
        ]
        for connections in faithful { #expect(violations(connections).isEmpty) }
    }

    private static let positionLost = Received.positionLost(order)

    @Test("Every kind of betrayal is a violation")
    func rejects() {
        let unfaithful: [(what: String, connections: [(after: Int?, events: [Received])])] = [
            ("a gap", [(nil, [Self.snapshot(1), Self.update(3)])]),
            ("a repetition", [(nil, [Self.snapshot(1), Self.update(2), Self.update(2)])]),
            ("a reordering", [(nil, [Self.snapshot(1), Self.update(3), Self.update(2)])]),
            ("no snapshot first", [(nil, [Self.update(1)])]),
            ("a second snapshot", [(nil, [Self.snapshot(1), Self.snapshot(2)])]),
            ("a gap over a resume", [(nil, [Self.snapshot(1)]), (1, [Self.update(3)])]),
            ("a repetition over a resume", [(nil, [Self.snapshot(1), Self.update(2)]), (2, [Self.update(2)])]),
            ("a snapshot over a resume", [(nil, [Self.snapshot(1)]), (1, [Self.snapshot(2)])]),
            ("a loss without a snapshot", [(nil, [Self.snapshot(1), Self.positionLost, Self.update(2)])]),
            ("a loss told twice", [(nil, [Self.snapshot(1), Self.positionLost, Self.positionLost, Self.snapshot(9)])]),
            ("a false alarm", [(nil, [Self.snapshot(1), Self.positionLost, Self.snapshot(5)])]),
            ("a snapshot of the past", [(nil, [Self.snapshot(9), Self.positionLost, Self.snapshot(2)])]),
            ("bytes that were never published", [(nil, [.snapshot(Self.position(1), Array("{}".utf8))])]),
            ("another order's update", [(nil, [.snapshot(Self.position(1), Self.json(Self.other, 1))])]),
            ("a wrong position", [(nil, [.snapshot(Self.position(2), Self.json(Self.order, 1))])]),
            ("no position", [(nil, [.snapshot(nil, Self.json(Self.order, 1))])]),
        ]
        for (what, connections) in unfaithful { #expect(!violations(connections).isEmpty, "\(what) went unseen") }
    }

    @Test("A stream of many orders may lose its one position for all, if one was gone")
    func judgesMergedLosses() {
        func stream(_ sequence: UInt64) -> StreamPosition { StreamPosition(epoch: Self.hubEpoch, offset: sequence) }
        func violations(_ snapshots: (Int, Int), history: Int) -> [String] {
            var ledger = Ledger(Self.log, orders: [Self.order, Self.other], hubEpoch: Self.hubEpoch, history: history)
            ledger.receive(
                [.snapshot(nil, Self.json(Self.order, 1)), .snapshot(stream(2), Self.json(Self.other, 1))], after: nil)
            ledger.receive(
                [
                    .positionLost(Self.order), .snapshot(nil, Self.json(Self.order, snapshots.0)),
                    .positionLost(Self.other), .snapshot(stream(40), Self.json(Self.other, snapshots.1)),
                    .update(nil, Self.json(Self.order, snapshots.0 + 1)),
                ], after: stream(2))
            return ledger.violations
        }
        #expect(violations((6, 3), history: 4).isEmpty)
        #expect(violations((3, 6), history: 4).isEmpty)
        #expect(!violations((3, 3), history: 4).isEmpty, "nothing was gone")
    }
}
