import Synchronization

/// How many HTTP requests were sent, counted by whoever sends them: within TLS nobody else can.
public final class RequestCount: Sendable {
    private let count = Atomic(0)

    public init() {}

    public var value: Int { count.load(ordering: .relaxed) }
    public func add() { count.wrappingAdd(1, ordering: .relaxed) }
}
