public import ArgumentParser
import ExperimentModel
public import LoadGeneration

struct LoadPopulationOptions: ParsableArguments {
    @Option(help: "Subscribers, each with a connection of its own.") var connections = 100
    @Option(help: "Orders; subscriber i watches order i modulo this number.") var orders = 1
    @Option(help: ArgumentHelp("Order i is named <prefix>i.", valueName: "prefix")) var ordersPrefix = "order-"
    @Option(help: "Updates published a second, over all orders; 0 holds the connections only.") var rate = 10.0
    @Option(help: "Updates of one order that are published together.") var burst = 1
    @Option(help: ArgumentHelp("How many of the connections stop to read; at least one reads on.", valueName: "n"))
    var slowReaders = 0
    @Option(
        help: ArgumentHelp("Connections opened a second; by default as fast as the server takes them.", valueName: "n"))
    var connectRate: Double?
    @Option(help: "Time between two polls; polling only.") var pollInterval = Seconds(5)
    @Option(help: "Publishing before the window.") var warmup = Seconds(1)
    @Option(help: ArgumentHelp("Length of the measuring window.", valueName: "seconds")) var seconds = Seconds(5)
    @Option(help: "The longest wait for what is under way when the window ends.") var drain = Seconds(2)
    @Option(
        help: """
            Who publishes: http (this process), server (on a schedule of its own), elsewhere (others, whenever they like) or none.
            """)
    var publish = LoadSpecification.Publishing.http

    func validate() throws {
        try OptionRange.check("--connections", connections, in: 1...1_000_000)
        try OptionRange.check("--orders", orders, in: 1...1_000_000)
        try OptionRange.check("--rate", rate, in: 0...10_000_000)
        try OptionRange.check("--burst", burst, in: 1...10_000)
        // The load measures the other readers, so at least one must read on.
        try OptionRange.check("--slow-readers", slowReaders, in: 0...connections - 1)
        if let connectRate { try OptionRange.check("--connect-rate", connectRate, in: 0.001...10_000_000) }
        guard pollInterval.value >= 0.001 else { throw ValidationError("--poll-interval takes at least 1ms") }
        guard seconds.value > 0 else {
            throw ValidationError("--seconds takes more than 0s: it is the measuring window")
        }
    }

    func specification(_ target: LoadTargetOptions) throws -> LoadSpecification {
        var specification = LoadSpecification(
            transport: target.transport,
            load: LoadProfile(
                name: "command-line", connections: connections, orders: orders, updatesPerSecond: rate, burst: burst,
                slowReaders: slowReaders, connectRate: connectRate))
        specification.orderPrefix = ordersPrefix
        specification.pollIntervalSeconds = target.transport == "polling" ? pollInterval.value : nil
        specification.warmupSeconds = warmup.value
        specification.measureSeconds = seconds.value
        specification.drainSeconds = max(drain.value, (specification.pollIntervalSeconds ?? 0) + 0.5)
        specification.publishing = rate == 0 && publish != .elsewhere ? .none : publish
        try target.apply(to: &specification)
        return specification
    }
}

extension LoadSpecification.Publishing: ExpressibleByArgument {}
