public import ArgumentParser
import Logging
import OrderUpdates
public import Persistence

struct ServePersistence: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Keep timelines in this folder over a restart; it is made where there is none.", valueName: "folder"))
    var data: String?
    @Option(
        help: ArgumentHelp(
            """
            What a crash may take back: none (timelines live in memory), async (the last moments) or commit (nothing that was \
            acknowledged or shown). (default: async with --data, else none)
            """))
    var durability: Durability?

    func validate() throws {
        guard let durability, durability != .memory, data == nil else { return }
        throw ValidationError("--durability \(durability.rawValue) needs --data FOLDER")
    }

    /// The store that keeps the timelines; nil if they live in memory.
    /// - Parameter stop: called when the store can no longer keep anything.
    func store(_ configuration: OrderEventHub.Configuration, stop: @escaping @Sendable () -> Void) throws
        -> TimelineStore?
    {
        let durability = durability ?? .async
        guard let data, durability != .memory else { return nil }
        let logger = Logger(label: "tandem.data")
        return try TimelineStore(data, durability: durability, configuration: configuration) { failure in
            logger.critical("\(failure)")
            stop()
        }
    }
}

extension Durability: ExpressibleByArgument {}
