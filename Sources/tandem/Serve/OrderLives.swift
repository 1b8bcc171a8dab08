import OrderUpdates

/// Orders that go through fulfilment by themselves, step by step, for `--demo`: Created, Approved, Activating in some stages, and
/// Activated, whereupon a new order takes the place. Each third fails before, and is retried.
///
/// The first order is never activated: it fails and is retried for ever, so that its stream does not fall silent. The hub evicts
/// those that have ended, so their number is bounded.
struct OrderLives {
    private struct Life {
        var order: OrderID
        /// Stages of this activation that were told.
        var stages = 0
        /// Failures that are still to come.
        var failures: Int
    }

    private static let stages = [
        "A number is reserved", "The line is provisioned", "The router is configured", "The line is tested",
    ]

    private let prefix: String
    private let owner: Subject
    private var lives: [Life]
    /// Orders that there were, those of the start among them.
    private var made: Int

    /// - Parameter orders: are in the hub.
    init(_ orders: [OrderID], prefix: String, owner: Subject) {
        (self.prefix, self.owner, made) = (prefix, owner, orders.count)
        lives = orders.enumerated().map { Life(order: $1, failures: $0 == 0 ? .max : Self.failures($0)) }
    }

    private static func failures(_ number: Int) -> Int { number.isMultiple(of: 3) ? 1 : 0 }

    /// Publishes the next step of the order in a place; what others have commanded meanwhile counts.
    ///
    /// - Parameter timestamp: nanoseconds since 1970.
    mutating func step(_ place: Int, in hub: OrderEventHub, at timestamp: Int64) {
        let order = lives[place].order
        // A step that is refused was taken by somebody else between the look and the step: the next look shows it.
        switch hub.order(order)?.status {
        case .created: _ = try? hub.perform(.approve, on: order, timestamp: timestamp)
        case .approved: activate(place, .activate, in: hub, at: timestamp)
        case .failed: activate(place, .retry, in: hub, at: timestamp)
        case .activating: proceed(place, in: hub, at: timestamp)
        case .activated, nil: replace(place, in: hub, at: timestamp)
        }
    }

    private mutating func activate(
        _ place: Int, _ command: OrderCommand, in hub: OrderEventHub, at timestamp: Int64
    ) {
        lives[place].stages = 0
        _ = try? hub.perform(command, on: lives[place].order, timestamp: timestamp)
    }

    private mutating func proceed(_ place: Int, in hub: OrderEventHub, at timestamp: Int64) {
        let life = lives[place]
        if life.stages < Self.stages.count {
            lives[place].stages += 1
            _ = try? hub.publish(
                OrderUpdate(
                    orderID: life.order, status: .activating, stage: "provisioning", message: Self.stages[life.stages],
                    source: "demo", timestamp: timestamp))
        } else if life.failures > 0 {
            lives[place].failures -= 1
            _ = try? hub.perform(
                .fail, on: life.order, reason: "The line does not answer the test", timestamp: timestamp)
        } else {
            _ = try? hub.perform(.complete, on: life.order, timestamp: timestamp)
        }
    }

    private mutating func replace(_ place: Int, in hub: OrderEventHub, at timestamp: Int64) {
        // Names that an earlier process has left are passed over.
        while let order = OrderID("\(prefix)\(made)") {
            defer { made += 1 }
            guard hub.order(order) == nil else { continue }
            lives[place] = Life(order: order, failures: Self.failures(made))
            _ = try? hub.create(order, owner: owner, timestamp: timestamp)
            return
        }
    }
}
