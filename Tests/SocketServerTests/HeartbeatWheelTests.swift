import SeededRandomness
import Testing
import Transports

/// The wheel against a plain list of due times, under seeded random schedules.
@Suite struct HeartbeatWheelTests {
    @Test("Each heartbeat fires at its tick", arguments: UInt64(1)...20)
    func firesEachAtItsTick(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var wheel = HeartbeatWheel(now: UInt32.max - 40)  // past the counter's overflow
        var streams = StreamTable()
        var due: [Int: UInt32] = [:]
        for _ in 0..<2_000 {
            switch generator.next() % 4 {
            case 0, 1:
                let stream = streams.insert()
                let tick = wheel.now &+ 1 &+ UInt32(generator.next() % UInt64(HeartbeatWheel.ticksPerInterval))
                wheel.schedule(stream, at: tick, &streams)
                due[stream] = tick
            case 2:
                guard let stream = due.keys.sorted().randomElement(using: &generator) else { continue }
                wheel.remove(stream, &streams)
                streams.remove(stream)
                due[stream] = nil
            default:
                let fired = wheel.advance(&streams)
                #expect(Set(fired) == Set(due.filter { $0.value == wheel.now }.keys), "seed \(seed)")
                for stream in fired {
                    due[stream] = nil
                    streams.remove(stream)
                }
            }
        }
        #expect(streams.count == due.count)
    }
}
