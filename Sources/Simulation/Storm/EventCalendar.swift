/// A calendar queue (R. Brown, 1988) in which each of N sessions has at most one pending event.
///
/// The events of a bucket are a linked list in one slab, so that nothing is allocated for an event; a bucket is
/// sorted when its time comes. Events of later years are in the bucket of their day, and are skipped until their
/// year.
///
/// `Note` is what the owner stores of a session beside its event, in the same cache line of the processor.
struct EventCalendar<Note> {
    /// Width of a bucket: 2^20 ns, about a millisecond. A year of 2^16 of them is 69 s, longer than nearly all waits.
    private static var shift: Int64 { 20 }
    private static var buckets: Int { 1 << 16 }
    private static var none: UInt32 { .max }

    private struct Slot {
        var time: Int64 = 0
        var note: Note
        var nextInBucket = EventCalendar.none
    }

    /// One for each session.
    private var slots: [Slot]
    private var heads: [UInt32]
    /// The number of the bucket that is being emptied, counted from time 0.
    private var current: Int64 = -1
    /// The events of that bucket, the next one last.
    private var due: [TimedSession] = []
    /// Events that were added to that bucket since it was opened.
    private var late = BinaryHeap<TimedSession>()
    private(set) var count = 0

    init(sessions: Int, note: Note) {
        slots = Array(repeating: Slot(note: note), count: sessions)
        heads = Array(repeating: Self.none, count: Self.buckets)
    }

    subscript(session: Int) -> Note {
        get { slots[session].note }
        set { slots[session].note = newValue }
    }

    /// - Parameter time: nanoseconds, at least 0 and not before the event that was taken last.
    mutating func insert(_ session: UInt32, at time: Int64) {
        count += 1
        let bucket = time >> Self.shift
        guard bucket > current else { return late.insert(TimedSession(time: time, session: session)) }
        let head = Int(bucket) & (Self.buckets - 1)
        slots[Int(session)].time = time
        slots[Int(session)].nextInBucket = heads[head]
        heads[head] = session
    }

    /// The earliest event. Of events at the same time, that of the session with the lowest number.
    mutating func next() -> TimedSession? {
        guard count > 0 else { return nil }
        count -= 1
        while due.isEmpty && late.isEmpty {
            current += 1
            openBucket()
        }
        guard let first = late.first else { return due.removeLast() }
        if let last = due.last, last < first { return due.removeLast() }
        return late.removeFirst()
    }

    private mutating func openBucket() {
        let head = Int(current) & (Self.buckets - 1)
        var session = heads[head]
        heads[head] = Self.none
        while session != Self.none {
            let next = slots[Int(session)].nextInBucket
            let time = slots[Int(session)].time
            if time >> Self.shift == current {
                due.append(TimedSession(time: time, session: session))
            } else {
                slots[Int(session)].nextInBucket = heads[head]
                heads[head] = session
            }
            session = next
        }
        due.sort(by: >)
    }
}

struct TimedSession: Comparable {
    /// In nanoseconds.
    var time: Int64
    var session: UInt32

    static func < (a: Self, b: Self) -> Bool { a.time == b.time ? a.session < b.session : a.time < b.time }
}
