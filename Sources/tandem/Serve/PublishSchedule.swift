import ArgumentParser

/// The value of `--publish`: an open-loop schedule of updates within the server.
struct PublishSchedule: ExpressibleByArgument, Sendable {
    var orders = 1
    /// Updates a second over all orders.
    var rate = 10.0
    /// Updates of one order that are published together.
    var burst = 1
    /// Nil publishes until the server stops.
    var seconds: Double?
    /// The number of subscribers to wait for. A pause follows before the first update.
    var wait = 0
    /// Publishes as fast as the updates are delivered, instead of at a rate.
    var flood = false
    /// Publishes the steps of orders' lives, instead of the progress of an activation.
    var lives = false

    /// The schedule of `--demo`: one step of each order every 1.5 s.
    static func demo(orders: Int) -> Self {
        var schedule = Self(argument: "lives")!
        schedule.orders = orders
        schedule.rate = Double(orders) / 1.5
        return schedule
    }

    init?(argument: String) {
        var given: Set<Substring> = []
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let number = pair.count == 2 ? Double(pair[1]) : nil
            // Two values for one name are ambiguous.
            guard given.insert(pair[0]).inserted, !Self.whole.contains(pair[0]) || number == number?.rounded() else {
                return nil
            }
            switch (pair[0], number) {
            case ("flood", _) where pair.count == 1: flood = true
            case ("lives", _) where pair.count == 1: lives = true
            case ("orders", let value?) where value >= 1 && value <= 1e6: orders = Int(value)
            case ("rate", let value?) where value > 0 && value <= 1e7: rate = value
            case ("burst", let value?) where value >= 1 && value <= 1e4: burst = Int(value)
            case ("seconds", let value?) where value > 0 && value <= 86_400: seconds = value
            case ("wait", let value?) where value >= 0 && value <= 1e6: wait = Int(value)
            default: return nil
            }
        }
        // A life has one step at a time, at a rate, until the server stops.
        guard !lives || (burst == 1 && !flood && seconds == nil) else { return nil }
    }

    private static let whole: Set<Substring> = ["orders", "burst", "wait"]
}
