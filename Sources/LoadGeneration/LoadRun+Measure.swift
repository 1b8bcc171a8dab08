import Clocks
import ExperimentModel
import Measurement
import OrderUpdates
import Threads
import TransportCore

extension LoadRun {
    /// The readings at both ends of the window.
    struct Measured {
        var connectSeconds: Double
        var window: Range<Int64>
        var windowTimestamp: Int64
        var cpu: CPUTime
        var switches: ContextSwitches?
        var busyFraction: Double
        var demandFraction: Double
        /// Nil if there are no sockets.
        var bytes: SocketTraffic.Bytes?
        /// When the drain ended.
        var end: Int64
    }

    /// From the first connection to the end of the drain.
    func measure(
        _ population: SubscriberPopulation, _ recorder: PopulationRecorder, _ anchor: WallClockAnchor,
        _ others: SocketTraffic
    ) async throws -> Measured {
        let start = clock.now
        try await connect(population, recorder)
        let connectSeconds = start.duration(to: clock.now).seconds
        var ready = event(.ready, recorder, waits: true)
        ready.seconds = connectSeconds
        try await report(ready)
        // Only the sockets of the population, because the publisher may open more while it publishes.
        let subscribers = SocketTraffic().without(others)

        let publisher = startPublishing(recorder, anchor)
        let thread = try publisher?.start()
        return try await withEnd {
            publisher?.stop()
            await thread?.joined()
        } _: {
            try await measureWindow(recorder, anchor, publisher, subscribers, connectSeconds: connectSeconds)
        }
    }

    /// From the first publication to the end of the drain.
    private func measureWindow(
        _ recorder: PopulationRecorder, _ anchor: WallClockAnchor, _ publisher: OpenLoopPublisher?,
        _ subscribers: SocketTraffic, connectSeconds: Double
    ) async throws -> Measured {
        let window = try await self.window(recorder)

        // Listing the sockets takes processor time of the generator, so it is done before the window. The bytes are
        // then scaled to the deliveries within the window.
        try await sleep(until: window.lowerBound - Int64(specification.load.connections) * 4_000 - 5_000_000)
        let (socketsBefore, deliveriesBefore, timeBefore) = (SocketTraffic(), recorder.deliveries, clock.now)
        try await sleep(until: window.lowerBound)
        let (threadsBefore, cpuBefore) = (ThreadTimes(), try CPUTime.read(pid: ownPID))
        let switchesBefore = try? ContextSwitches.read(pid: ownPID)
        try await report(event(.measuring, recorder))
        try await watch(window, recorder)
        let (threads, cpu, end) = (ThreadTimes(), try CPUTime.read(pid: ownPID), clock.now)
        let switches = try? ContextSwitches.read(pid: ownPID)
        let length = end.nanoseconds - window.lowerBound
        try await report(event(.measured, recorder))
        let (sockets, deliveries, timeAfter) = (SocketTraffic(), recorder.deliveries, clock.now)

        try await drain(recorder, publisher)
        return Measured(
            connectSeconds: connectSeconds, window: window,
            windowTimestamp: anchor.unixNanoseconds(MonotonicInstant(nanoseconds: window.lowerBound)),
            cpu: cpu - cpuBefore, switches: switchesBefore.flatMap { before in switches.map { $0 - before } },
            busyFraction: threads.busiestFraction(since: threadsBefore, nanoseconds: length),
            demandFraction: threads.demandFraction(since: threadsBefore, nanoseconds: length),
            bytes: subscribers.isEmpty
                ? nil
                : scaled(
                    sockets.since(socketsBefore, by: subscribers), deliveries: deliveries - deliveriesBefore,
                    nanoseconds: timeAfter.nanoseconds - timeBefore.nanoseconds, to: window, recorder),
            end: clock.now.nanoseconds)
    }

    /// Waits for the end of the window, and reports progress and samples.
    private func watch(_ window: Range<Int64>, _ recorder: PopulationRecorder) async throws {
        let interval = specification.sampleSeconds.map { Int64($0 * 1e9) }
        if interval != nil { recorder.withState { $0.recent = LatencyHistogram() } }
        var next = window.lowerBound + (interval ?? 0)
        try await sleep(until: window.upperBound) {
            let now = clock.now.nanoseconds
            guard let interval, now >= next else { return try await report(event(.progress, recorder)) }
            while next <= now { next += interval }
            try await report(sample(window, recorder))
        }
        if interval != nil { try await report(sample(window, recorder)) }
    }

    private func sample(_ window: Range<Int64>, _ recorder: PopulationRecorder) -> LoadEvent {
        let recent = recorder.withState { $0.takeRecent() }
        var sample = event(.sample, recorder)
        sample.seconds = Double(clock.now.nanoseconds - window.lowerBound) / 1e9
        (sample.latencyP50, sample.latencyP99) = (recent.quantile(0.5), recent.quantile(0.99))
        sample.updates = recent.count
        return sample
    }

    private func connect(_ population: SubscriberPopulation, _ recorder: PopulationRecorder) async throws {
        // Progress is reported at most ten times a second, by a task of its own, so that connecting goes on.
        let (progress, continuation) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in progress {
                    try await report(event(.progress, recorder))
                    try await Task.sleep(for: .milliseconds(100))
                }
            }
            defer { continuation.finish() }
            try await population.connect { continuation.yield($0) }
            group.cancelAll()
        }
    }

    /// Sets the window if this process publishes. If the server does, its first update sets it.
    private func startPublishing(_ recorder: PopulationRecorder, _ anchor: WallClockAnchor) -> OpenLoopPublisher? {
        let warmup = Int64(specification.warmupSeconds * 1e9)
        let length = Int64(specification.measureSeconds * 1e9)
        guard specification.publishing != .server else {
            recorder.withState { $0.windowAfterFirst = (warmup, length) }
            return nil
        }
        // Far enough ahead that the thread runs before the first publication is due.
        let start = clock.now.advanced(by: .milliseconds(20))
        let window = start.nanoseconds + warmup..<start.nanoseconds + warmup + length
        recorder.withState { $0.window = window }
        guard specification.publishing == .http, specification.load.updatesPerSecond > 0, let publisher else {
            return nil
        }
        let orders = (0..<specification.load.orders).compactMap { OrderID(specification.orderPrefix + String($0)) }
        return OpenLoopPublisher(
            Pacer(start: start, updatesPerSecond: specification.load.updatesPerSecond, burst: specification.load.burst),
            until: MonotonicInstant(nanoseconds: window.upperBound), orders: orders, publisher: publisher,
            recorder: recorder, anchor: anchor, granularity: specification.foreign?.timestampFormat.granularity ?? 1,
            clock: clock)
    }

    private func window(_ recorder: PopulationRecorder) async throws -> Range<Int64> {
        let deadline = ContinuousClock.now + .seconds(15)
        while true {
            if let window = recorder.window { return window }
            guard ContinuousClock.now < deadline else {
                throw LoadError(
                    .notDelivered,
                    "the server was to publish on its own, and no update has arrived for 15 s; start its schedule when "
                        + "the event 'ready' is reported")
            }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    private func drain(_ recorder: PopulationRecorder, _ publisher: OpenLoopPublisher?) async throws {
        let deadline = ContinuousClock.now + .nanoseconds(Int64(specification.drainSeconds * 1e9))
        while publisher?.isFinished == false || !recorder.isDrained, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private func scaled(
        _ bytes: SocketTraffic.Bytes, deliveries: Int64, nanoseconds: Int64, to window: Range<Int64>,
        _ recorder: PopulationRecorder
    ) -> SocketTraffic.Bytes {
        // The bytes of a stream follow its updates. Those of a poller follow its polls, which are spread evenly.
        let inWindow = recorder.withState { $0.deliveriesInWindow }
        let share =
            transport.capabilities.replays && deliveries > 0
            ? min(1, Double(inWindow) / Double(deliveries))
            : Double(window.count) / Double(max(nanoseconds, 1))
        func scale(_ count: Int64) -> Int64 { Int64((Double(count) * share).rounded()) }
        return SocketTraffic.Bytes(
            received: scale(bytes.received), sent: scale(bytes.sent), segmentsSent: scale(bytes.segmentsSent))
    }

    private func sleep(until nanoseconds: Int64, meanwhile: () async throws -> Void = {}) async throws {
        while true {
            let rest = nanoseconds - clock.now.nanoseconds
            guard rest > 0 else { return }
            if rest > 400_000_000 { try await meanwhile() }
            try await Task.sleep(for: .nanoseconds(min(rest, 250_000_000)))
        }
    }
}
