/// How a server accepts connections: the kernel's queue, and one loop that accepts them in order.
///
/// The queue is first in, first out, so the time of a connection's service is known when it arrives, and nothing
/// needs to be simulated in between. Times are in nanoseconds and ascend.
struct SimulatedListener {
    enum Answer {
        /// The queue was full. The client gets no answer (Linux), or a reset.
        case overflow
        /// The connection is served at this time, or refused with 503.
        case accepted(at: Int64)
        case refused(at: Int64)
    }

    private let serviceTime: Int64
    private let refusalTime: Int64
    private let limit: Int
    /// When each connection in the queue will leave it.
    private var starts: [Int64]
    private var first = 0
    private var waiting = 0
    private var busyUntil: Int64 = .min
    private var bucket: TokenBucket?

    init(_ parameters: StormParameters) {
        serviceTime = Int64(1e9 / parameters.acceptRate)
        refusalTime = Int64(1e9 / parameters.acceptRate * parameters.refusalCost)
        limit = parameters.queue
        starts = Array(repeating: 0, count: parameters.queue)
        bucket = parameters.rateLimit.map { TokenBucket(rate: $0) }
    }

    mutating func arrive(_ now: Int64) -> Answer {
        while waiting > 0 && starts[first] <= now {
            first = first + 1 == limit ? 0 : first + 1
            waiting -= 1
        }
        guard waiting < limit else { return .overflow }
        let start = max(now, busyUntil)
        if start > now {
            let place = first + waiting
            starts[place < limit ? place : place - limit] = start
            waiting += 1
        }
        let isAccepted = bucket?.take(start) ?? true
        busyUntil = start + (isAccepted ? serviceTime : refusalTime)
        return isAccepted ? .accepted(at: busyUntil) : .refused(at: busyUntil)
    }
}

/// A limit on the rate of connections, with bursts of up to a second's worth, as the server's `--accept-rate` is.
private struct TokenBucket {
    private let nanosecondsPerToken: Double
    private let capacity: Double
    private var tokens: Double
    private var last: Int64 = 0

    init(rate: Double) {
        nanosecondsPerToken = 1e9 / rate
        capacity = max(1, rate)
        tokens = capacity
    }

    mutating func take(_ now: Int64) -> Bool {
        tokens = min(capacity, tokens + Double(now - last) / nanosecondsPerToken)
        last = now
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
