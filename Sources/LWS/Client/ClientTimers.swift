import CLibwebsockets
public import Clocks

/// The deadlines of a loop's clients: a heap with one libuv timer.
///
/// libwebsockets keeps its own timers in a sorted linear list, where ten thousand connections would need a hundred
/// million steps.
public final class ClientTimers {
    /// A deadline. Cancelling is cheap, and has no effect once it has passed.
    public final class Deadline {
        fileprivate let instant: MonotonicInstant
        fileprivate let order: UInt64
        fileprivate var action: (() -> Void)?

        fileprivate init(_ instant: MonotonicInstant, _ order: UInt64, _ action: @escaping () -> Void) {
            self.instant = instant
            self.order = order
            self.action = action
        }

        public func cancel() { action = nil }

        fileprivate static func < (a: Deadline, b: Deadline) -> Bool {
            a.instant != b.instant ? a.instant < b.instant : a.order < b.order
        }
    }

    private let handle: UnsafeMutablePointer<uv_timer_t>
    private let clock = MonotonicClock()
    private var heap: [Deadline] = []
    private var count: UInt64 = 0
    private var armed: MonotonicInstant?
    private var isClosed = false

    init(on uv: UnsafeMutablePointer<uv_loop_t>) {
        handle = .allocate(capacity: 1)
        uv_timer_init(uv, handle)
        handle.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    }

    /// Calls `action` once, on the loop's thread, at `instant` or up to a millisecond later.
    @discardableResult
    public func schedule(at instant: MonotonicInstant, _ action: @escaping () -> Void) -> Deadline {
        count += 1
        let deadline = Deadline(instant, count, action)
        guard !isClosed else { return deadline }
        heap.append(deadline)
        siftUp(heap.count - 1)
        arm()
        return deadline
    }

    @discardableResult
    public func schedule(after duration: Duration, _ action: @escaping () -> Void) -> Deadline {
        schedule(at: clock.now.advanced(by: duration), action)
    }

    public var now: MonotonicInstant { clock.now }

    private func arm() {
        guard let first = heap.first else { return }
        if let armed, armed <= first.instant { return }
        armed = first.instant
        let wait = max(first.instant.nanoseconds - clock.now.nanoseconds, 0)
        // libuv counts from the time that it read at the beginning of this turn of the loop, which may be long ago.
        uv_update_time(handle.pointee.loop)
        uv_timer_start(
            handle,
            { handle in
                Unmanaged<ClientTimers>.fromOpaque(handle!.pointee.data).takeUnretainedValue().fire()
            }, UInt64((wait + 999_999) / 1_000_000), 0)
    }

    private func fire() {
        armed = nil
        let now = clock.now
        while let first = heap.first, first.action == nil || first.instant <= now {
            removeFirst()
            first.action?()
            first.action = nil
        }
        arm()
    }

    private func removeFirst() {
        let last = heap.removeLast()
        guard !heap.isEmpty else { return }
        heap[0] = last
        siftDown(0)
    }

    private func siftUp(_ start: Int) {
        var index = start
        while index > 0, heap[index] < heap[(index - 1) / 2] {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    private func siftDown(_ start: Int) {
        var index = start
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < heap.count && heap[child] < heap[least] {
                least = child
            }
            guard least != index else { return }
            heap.swapAt(index, least)
            index = least
        }
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        heap = []
        uv_timer_stop(handle)
        closeThenFree(handle)
    }

    deinit { close() }
}
