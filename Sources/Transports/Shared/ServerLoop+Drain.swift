package import Clocks
import LWS
import TransportCore

/// Which streams a drain has told, and how fast it goes on.
package struct Departure {
    private var left: ArraySlice<Int>
    /// Streams a millisecond, of this loop.
    private let pace: Double
    private let began: MonotonicInstant
    private var told = 0

    static let tick: Duration = .milliseconds(10)
    /// Of the drain's bound: by then all are told, whatever the pace, and have the rest to leave.
    private static let share = 0.75

    /// - Parameter pace: streams a second, of this loop.
    package init(_ streams: [Int], pace: Double, within bound: Duration, at now: MonotonicInstant) {
        left = streams[...]
        began = now
        let needed = Double(streams.count) / max(1, bound.seconds * 1000 * Self.share)
        self.pace = max(pace / 1000, needed)
    }

    /// The streams that are to be told by now.
    package mutating func due(at now: MonotonicInstant) -> ArraySlice<Int> {
        let due = Int(began.duration(to: now).seconds * 1000 * pace) + 1
        defer {
            left = left.dropFirst(max(0, due - told))
            told = max(told, due)
        }
        return left.prefix(max(0, due - told))
    }

    package var isOver: Bool { left.isEmpty }
}

extension ServerLoop {
    /// The least that a client waits before it comes back from a drain, so that another server has its port.
    static let drainDelay = 1_000

    /// Stops to accept and tells every stream, at the pace that is set; the streams end as their peers take it.
    func drain(within bound: Duration) {
        isDraining = true
        context.stopAccepting()
        expirePolls()
        guard configuration.drainPace > 0 else {
            for (place, stream) in streams.indices.enumerated() { dismiss(stream, place: place) }
            return
        }
        departure = Departure(
            streams.indices, pace: Double(configuration.drainPace) / Double(fleet.count), within: bound,
            at: MonotonicClock().now)
        drainTimer.start(milliseconds: UInt64(Departure.tick.nanoseconds / 1_000_000), repeats: true)
        continueDrain()
    }

    func continueDrain() {
        // An end may have freed places, and the table may have been given back; nobody takes a place while the server drains.
        for stream in departure?.due(at: MonotonicClock().now) ?? [] where streams.isTaken(stream) {
            dismiss(stream, place: 0)
        }
        if departure?.isOver == true {
            departure = nil
            drainTimer.stop()
        }
    }

    /// Where streams open at a rate, they come back at that rate too: who is told first comes first.
    private func dismiss(_ stream: Int, place: Int) {
        let rate = configuration.limits.acceptRate
        let turn = rate > 0 ? place * fleet.count * 1_000 / rate : 0
        close(stream, .draining.after(milliseconds: Self.drainDelay + turn))
    }
}
