public import ArgumentParser
import ExperimentModel
public import LoadGeneration

struct LoadPopulationOptions: ParsableArguments {
    @Option(help: "Subscribers, each with a connection of its own.") var connections = 100
    @Option(help: "Orders; subscriber i watches order i modulo this number.") var orders = 1
    @Option(help: ArgumentHelp("Order i is named <prefix>i.", valueName: "prefix")) var ordersPrefix = "order-"
    @Option(help: "Updates published a second, over all orders; 0 holds the connections only.") var rate = 10.0
    @Option(help: "Updates of one order that are published together.") var burst = 1
    @Option(help: ArgumentHelp("How many of the connections stop to read.", valueName: "n")) var slowReaders = 0
    @Option(
        help: ArgumentHelp("Connections opened a second; by default as fast as the server takes them.", valueName: "n"))
    var connectRate: Double?
    @Option(help: "Time between two polls; polling only.") var pollInterval = Seconds(5)
    @Option(help: "Publishing before the window.") var warmup = Seconds(1)
    @Option(help: ArgumentHelp("Length of the measuring window.", valueName: "seconds")) var seconds = Seconds(5)
    @Option(help: "The longest wait for what is under way when the window ends.") var drain = Seconds(2)
    @Option(help: "Who publishes: http (this process), server (on a schedule of its own) or none.")
    var publish = LoadSpecification.Publishing.http

    func specification(_ target: LoadTargetOptions) throws -> LoadSpecification {
        guard connections >= 1, orders >= 1, burst >= 1, rate >= 0, (0...connections).contains(slowReaders) else {
            throw ValidationError(
                "--connections, --orders and --burst take at least 1, --rate at least 0, and there are no more slow "
                    + "readers than connections")
        }
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
        specification.publishing = rate == 0 ? .none : publish
        try target.apply(to: &specification)
        return specification
    }
}

extension LoadSpecification.Publishing: ExpressibleByArgument {}
