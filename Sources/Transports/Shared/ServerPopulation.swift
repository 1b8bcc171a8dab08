import Synchronization

/// Who is connected to a server, over all its loops: what its limits count.
final class ServerPopulation: Sendable {
    /// TCP connections.
    let connections = Atomic<Int>(0)
    /// WebSockets that have not presented their credential yet.
    let unauthenticated = Atomic<Int>(0)
    private let streamsOfOwner = Mutex<[String: Int]>([:])

    /// Counts a stream of `owner`, unless it has as many as it may.
    func admit(_ owner: String, limit: Int) -> Bool {
        streamsOfOwner.withLock { counts in
            guard counts[owner, default: 0] < limit else { return false }
            counts[owner, default: 0] += 1
            return true
        }
    }

    func leave(_ owner: String) {
        streamsOfOwner.withLock { counts in
            counts[owner, default: 1] -= 1
            if counts[owner] == 0 { counts[owner] = nil }
        }
    }
}
