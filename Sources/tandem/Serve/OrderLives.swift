import OrderUpdates

/// Orders for `--demo` that go through fulfilment step by step: Created, Approved, Activating with several stages, and
/// Activated, after which a new order takes their place. Every third order fails once before it is activated.
///
/// The first order is never activated: it fails and is retried endlessly, so that its stream stays active. The hub
/// evicts orders that have ended, so their number is bounded.
struct OrderLives {
    private struct Life {
        var order: OrderID
        /// The stages of this activation that were published.
        var stages = 0
        /// The number of failures to come.
        var failures: Int
    }

    private static let stages = [
        "A number is reserved", "The line is provisioned", "The router is configured", "The line is tested",
    ]

    private let prefix: String
    private let owner: Subject
    private var lives: [Life]
    /// The number of orders that were created, including those of the start.
    private var made: Int

    /// - Parameter orders: orders that the hub already has.
    init(_ orders: [OrderID], prefix: String, owner: Subject) {
        (self.prefix, self.owner, made) = (prefix, owner, orders.count)
        lives = orders.enumerated().map { Life(order: $1, failures: $0 == 0 ? .max : Self.failures($0)) }
    }

    private static func failures(_ number: Int) -> Int { number.isMultiple(of: 3) ? 1 : 0 }

    /// Publishes the next step of an order, from its present status, which commands of others may have changed.
    ///
    /// - Parameter timestamp: nanoseconds since 1970.
    mutating func step(_ place: Int, in hub: OrderEventHub, at timestamp: Int64) {
        let order = lives[place].order
        // A step is refused if somebody else has changed the order since its status was read. The next call reads the
        // status again.
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
        // Skips the names of orders that an earlier process has left.
        while let order = OrderID("\(prefix)\(made)") {
            defer { made += 1 }
            guard hub.order(order) == nil else { continue }
            lives[place] = Life(order: order, failures: Self.failures(made))
            _ = try? hub.create(order, owner: owner, timestamp: timestamp)
            return
        }
    }
}
