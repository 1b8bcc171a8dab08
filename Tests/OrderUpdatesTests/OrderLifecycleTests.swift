import OrderUpdates
import Testing

@Suite struct OrderLifecycleTests {
    /// The life of an order: to these statuses it may go, and to no other.
    static let steps: [OrderStatus: Set<OrderStatus>] = [
        .created: [.created, .approved, .failed],
        .approved: [.approved, .activating, .failed],
        .activating: [.activating, .activated, .failed],
        // The end.
        .activated: [],
        // A failed order is retried, and nothing else.
        .failed: [.activating],
    ]

    @Test(
        "Each step from one status to another is allowed or refused as the table says", arguments: OrderStatus.allCases,
        OrderStatus.allCases)
    func stepIsAllowedOrRefused(_ from: OrderStatus, _ to: OrderStatus) throws {
        let hub = OrderEventHub()
        try hub.create(.a, reaching: from)
        let before = hub.order(.a)!
        let update = OrderUpdate(orderID: .a, status: to, reason: to == .failed ? "no port" : nil, timestamp: 0)

        if Self.steps[from]!.contains(to) {
            let position = try hub.publish(update)
            #expect(position == StreamPosition(epoch: before.position.epoch, offset: before.position.offset + 1))
            #expect(hub.order(.a)?.status == to)
        } else {
            #expect(throws: OrderError.illegalTransition(.a, from: from, to: to)) { try hub.publish(update) }
            #expect(hub.order(.a)?.position == before.position)
        }
    }

    static let commands: [OrderCommand: (from: Set<OrderStatus>, to: OrderStatus)] = [
        .approve: ([.created], .approved),
        .activate: ([.approved], .activating),
        .complete: ([.activating], .activated),
        .fail: ([.created, .approved, .activating], .failed),
        .retry: ([.failed], .activating),
    ]

    @Test(
        "Each command is carried out or refused in each status as the table says", arguments: OrderCommand.allCases,
        OrderStatus.allCases)
    func commandIsCarriedOutOrRefused(_ command: OrderCommand, _ status: OrderStatus) throws {
        let hub = OrderEventHub()
        try hub.create(.a, reaching: status)
        let reason = command == .fail ? "no port" : nil
        let (from, to) = Self.commands[command]!

        #expect(command.applies(to: status) == from.contains(status))
        if from.contains(status) {
            try hub.perform(command, on: .a, reason: reason)
            #expect(hub.order(.a)?.status == to)
        } else {
            #expect(throws: OrderError.illegalTransition(.a, from: status, to: to)) {
                try hub.perform(command, on: .a, reason: reason)
            }
        }
    }

    @Test("A failure has a reason, and nothing else has one") func failureAndReasonGoTogether() throws {
        let hub = OrderEventHub()
        try hub.create(.a, owner: "ada")
        #expect(throws: OrderError.reasonMismatch(.a, .failed)) { try hub.perform(.fail, on: .a) }
        #expect(throws: OrderError.reasonMismatch(.a, .failed)) { try hub.perform(.fail, on: .a, reason: "") }
        #expect(throws: OrderError.reasonMismatch(.a, .approved)) { try hub.perform(.approve, on: .a, reason: "why") }
        #expect(throws: OrderError.reasonMismatch(.b, .failed)) { try hub.create(.b, owner: "ada", status: .failed) }
        #expect(hub.statistics.published == 1)
    }

    @Test("An order is created once") func ordersAreCreatedOnce() throws {
        let hub = OrderEventHub()
        let position = try hub.create(.a, owner: "ada", status: .approved, timestamp: 0).position
        #expect(position.offset == 1)
        let snapshot = try #require(hub.order(.a))
        #expect(snapshot.owner == "ada")
        #expect(snapshot.status == .approved)
        #expect(snapshot.position == position)
        #expect(throws: OrderError.orderExists(.a)) { try hub.create(.a, owner: "bob") }
        #expect(hub.order(.a)?.owner == "ada")
    }

    @Test("An update, a command or a read of an order that does not exist is refused") func unknownOrdersAreRefused() {
        let hub = OrderEventHub()
        #expect(throws: OrderError.unknownOrder(.a)) { try hub.publish(.progress(.a)) }
        #expect(throws: OrderError.unknownOrder(.a)) { try hub.perform(.approve, on: .a) }
        #expect(hub.order(.a) == nil)
        guard case .unknown = hub.read(.a, after: StreamPosition(epoch: 1, offset: 0)) else {
            Issue.record("an order that does not exist was read")
            return
        }
    }

    @Test("An update that is larger than the limit is refused") func largeUpdatesAreRefused() throws {
        let update = OrderUpdate.progress(.a, String(repeating: "x", count: 100))
        var json: [UInt8] = []
        update.appendJSON(to: &json)
        for (limit, fits) in [(json.count, true), (json.count - 1, false)] {
            let hub = OrderEventHub(configuration: .init(maximumUpdateBytes: limit))
            try hub.create(.a, owner: "ada")
            if fits {
                try hub.publish(update)
            } else {
                #expect(throws: OrderError.updateTooLarge(.a, bytes: json.count, limit: limit)) {
                    try hub.publish(update)
                }
            }
        }
    }

    @Test("The updates of a batch are accepted or refused one by one") func batchIsJudgedOneByOne() throws {
        let hub = OrderEventHub()
        let created = try hub.create(.a, owner: "ada").position
        let results = hub.publish([
            .progress(.a), .progress(.b), .progress(.a, "", .activated), .progress(.a, "", .approved),
        ])
        let epoch = created.epoch
        #expect(
            results == [
                .success(StreamPosition(epoch: epoch, offset: 2)),
                .failure(.unknownOrder(.b)),
                .failure(.illegalTransition(.a, from: .created, to: .activated)),
                .success(StreamPosition(epoch: epoch, offset: 3)),
            ])
    }
}
