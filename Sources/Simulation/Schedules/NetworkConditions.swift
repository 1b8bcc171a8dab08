/// The faults that are in effect, each until a time in nanoseconds.
struct NetworkConditions {
    struct Until<Value> {
        private var value: Value?
        private var end: Int64 = 0

        mutating func set(_ value: Value, until end: Int64) {
            self.value = value
            self.end = end
        }

        func at(_ now: Int64) -> Value? { now < end ? value : nil }
    }

    var isAway = Until<Void>()
    var refusal = Until<(status: Int, retryAfter: Int?)>()
    var page = Until<Void>()
    var cutAfter = Until<Int>()
    var cutHandshake = Until<Void>()
    var overlap = Until<UInt64>()
    var ignoresPosition = Until<Void>()
    var failsFetches = Until<Void>()
    var extraLatency = Until<Int64>()
    /// The end of each session's black hole.
    var holes: [Int64]
    var stalls: [Int64]

    init(sessions: Int) {
        holes = Array(repeating: 0, count: sessions)
        stalls = holes
    }
}
