import Synchronization

/// How many HTTP requests were sent. The sender counts them, because nobody else can see them within TLS.
public final class RequestCount: Sendable {
    private let count = Atomic(0)

    public init() {}

    public var value: Int { count.load(ordering: .relaxed) }
    public func add() { count.wrappingAdd(1, ordering: .relaxed) }
}
