import Clocks
import OrderUpdates
import Synchronization

/// The connections and streams of a server over all its loops, which its limits count.
final class ServerPopulation: Sendable {
    /// TCP connections.
    let connections = Atomic<Int>(0)
    /// WebSockets that have not presented their credential yet.
    let unauthenticated = Atomic<Int>(0)
    private let streamsOfOwner = Mutex<[Subject: Int]>([:])
    private let paces: Bool
    private let pacer: Mutex<OpeningPacer>

    /// - Parameter acceptRate: the streams that may open in a second; 0 for any number.
    init(acceptRate: Int) {
        paces = acceptRate > 0
        pacer = Mutex(OpeningPacer(rate: acceptRate, at: MonotonicClock().now))
    }

    /// The seconds to wait where no stream may open now; nil where one may.
    func refusal() -> Int? {
        guard paces else { return nil }
        return pacer.withLock { $0.refusal(at: MonotonicClock().now) }
    }

    func countOpening() {
        if paces { pacer.withLock { $0.open() } }
    }

    /// Counts a stream of `owner`. Returns false where the owner has the maximum number.
    func admit(_ owner: Subject, limit: Int) -> Bool {
        streamsOfOwner.withLock { counts in
            guard counts[owner, default: 0] < limit else { return false }
            counts[owner, default: 0] += 1
            return true
        }
    }

    func leave(_ owner: Subject) {
        streamsOfOwner.withLock { counts in
            counts[owner, default: 1] -= 1
            if counts[owner] == 0 { counts[owner] = nil }
        }
    }
}
