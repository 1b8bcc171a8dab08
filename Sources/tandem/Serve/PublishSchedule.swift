import ArgumentParser

/// What `--publish` asks for: an open-loop schedule of updates, made within the server.
struct PublishSchedule: ExpressibleByArgument, Sendable {
    var orders = 1
    /// Updates a second over all orders.
    var rate = 10.0
    /// Updates of one order that are published together.
    var burst = 1
    /// Nil until the server is stopped.
    var seconds: Double?
    /// Begin when there are this many subscribers; then a pause follows.
    var wait = 0
    /// As fast as they are delivered, rather than at a rate.
    var flood = false
    /// The steps of orders' lives, rather than the progress of one.
    var lives = false

    /// What `--demo` publishes: a step of each order every 1.5 s.
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
            // Of two values for one name nobody knows which is meant.
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
        // A life has one step at a time, at a rate, and goes on until the server is stopped.
        guard !lives || (burst == 1 && !flood && seconds == nil) else { return nil }
    }

    private static let whole: Set<Substring> = ["orders", "burst", "wait"]
}
