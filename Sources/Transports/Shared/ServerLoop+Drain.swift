package import Clocks
import LWS
import TransportCore

/// The progress of a drain: the streams that were told, and the pace for the others.
package struct Departure {
    private var left: ArraySlice<Int>
    /// The streams of this loop in a millisecond.
    private let pace: Double
    private let began: MonotonicInstant
    private var told = 0

    static let tick: Duration = .milliseconds(10)
    /// By this share of the drain's time all streams have been told, whatever the pace; the rest is left for them to
    /// leave.
    private static let share = 0.75

    /// - Parameter pace: the streams of this loop in a second.
    package init(_ streams: [Int], pace: Double, within bound: Duration, at now: MonotonicInstant) {
        left = streams[...]
        began = now
        let needed = Double(streams.count) / max(1, bound.seconds * 1000 * Self.share)
        self.pace = max(pace / 1000, needed)
    }

    /// The streams that are due by now.
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
    /// The minimum time that a client waits before it reconnects after a drain, so that another server can take over
    /// the port.
    static let drainDelay = 1_000

    /// Stops accepting and tells every stream, at the configured pace. The streams end as their peers react.
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
        // The end of a stream may have freed its slot, and the table may have been shrunk. No slot is taken while the
        // server drains.
        for stream in departure?.due(at: MonotonicClock().now) ?? [] where streams.isTaken(stream) {
            dismiss(stream, place: 0)
        }
        if departure?.isOver == true {
            departure = nil
            drainTimer.stop()
        }
    }

    /// Where streams open at a rate, clients come back at that rate too: the first that is told comes first.
    private func dismiss(_ stream: Int, place: Int) {
        let rate = configuration.limits.acceptRate
        let turn = rate > 0 ? place * fleet.count * 1_000 / rate : 0
        close(stream, .draining.after(milliseconds: Self.drainDelay + turn))
    }
}
