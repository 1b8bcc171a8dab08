import SeededRandomness
import TransportCore

/// Sessions, updates and faults over at most a minute. All of it follows from a seed. Times are in nanoseconds.
struct FaultSchedule: Sendable {
    struct Session: Sendable {
        var policy: SessionPolicy
        var name: String
        var start: Int64
        var seed: UInt64
    }

    static let second: Int64 = 1_000_000_000

    /// How many events of the order the server keeps.
    var history: Int
    /// How many messages a connection holds before its reader has read them.
    var window: Int
    var heartbeat: Int64
    var latency: Int64
    var sessions: [Session]
    /// When each update is published, in ascending order.
    var updates: [Int64]
    /// In any order.
    var faults: [ScheduledFault]
    /// A time after the last repair and the last update.
    var end: Int64

    init(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let length = random.next(in: 10...60) * Self.second
        history = Int(random.next(in: 1...12))
        window = Int(random.next(in: 2...8))
        heartbeat = random.next(in: 2...5) * Self.second
        latency = random.next(in: 1...80) * 1_000_000
        let heartbeat = heartbeat
        sessions = (0..<random.next(in: 1...3)).map { _ in Self.session(heartbeat: heartbeat, &random) }
        updates = (0..<random.next(in: 3...40)).map { _ in random.next(in: 0...length) }.sorted()
        faults = []
        for _ in 0..<random.next(in: 1...7) {
            let start = random.next(in: 0...length)
            let kind = Self.kind(history: history, &random)
            faults.append(
                ScheduledFault(
                    kind: kind, session: random.oneIn(2) ? nil : Int(random.next(in: 0...Int64(sessions.count - 1))),
                    start: start, end: start + random.next(in: 100...15_000) * 1_000_000))
        }
        end = faults.map(\.end).reduce(length, max)
    }

    private static func session(heartbeat: Int64, _ random: inout SplitMix64) -> Session {
        let name = random.pick(SessionPolicy.names)
        var policy = SessionPolicy.named(name, recovery: random.pick(RecoveryStrategy.allCases))!
        if policy.rejection != nil { policy.recovery = .replayOrSnapshot }
        if policy.livenessTimeout != nil {
            policy.livenessTimeout = .nanoseconds(2 * heartbeat + 2 * second)
        }
        if random.oneIn(8) { policy.retryBudget = Int(random.next(in: 2...8)) }
        if random.oneIn(8) { policy.giveUpAfter = .seconds(random.next(in: 10...60)) }
        return Session(
            policy: policy, name: name, start: random.next(in: 0...2 * second), seed: random.next())
    }

    private static func kind(history: Int, _ random: inout SplitMix64) -> ScheduledFault.Kind {
        switch random.next(in: 0...99) {
        case ..<14: .reset
        case ..<20: .end
        case ..<30: .blackHole
        case ..<38: .stall
        case ..<42: .latency(milliseconds: random.next(in: 100...2_000))
        case ..<48: .stop(.everything)
        case ..<52: .stop(.allButTheEnd)
        case ..<57: .stop(.nothing)
        case ..<61: .drain(delayMilliseconds: random.oneIn(2) ? nil : Int(random.next(in: 0...3_000)))
        case ..<66: .close(random.pick(CloseReason.all.filter { $0.reconnect || random.oneIn(6) }))
        case ..<72: .refuse(status: random.pick([429, 500, 502, 503, 503]), retryAfter: random.oneIn(2) ? nil : 2)
        case ..<74: .refuse(status: random.pick([204, 401, 403, 404]), retryAfter: nil)
        case ..<75: .page
        case ..<81: .cutAfter(messages: Int(random.next(in: 0...4)))
        case ..<84: .cutHandshake
        case ..<88: .overlap(updates: UInt64(random.next(in: 1...4)))
        case ..<90: .ignorePosition
        case ..<94: .failFetches
        default: .burst(updates: history + Int(random.next(in: 1...5)))
        }
    }
}

extension SplitMix64 {
    mutating func oneIn(_ count: Int64) -> Bool { next(in: 1...count) == 1 }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int(next(in: 0...Int64(elements.count - 1)))]
    }
}
