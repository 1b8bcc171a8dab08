import Testing
import Transports

/// A place that is free twice would be given to two, and each would get what is the other's.
@Suite struct SlabTests {
    @Test("A place that is given back is given out again, once")
    func reuses() {
        var slab = Slab<Int>()
        let first = slab.insert(1)
        #expect(slab.insert(2) != first)
        slab.remove(first)
        #expect(slab.insert(3) == first)
        #expect(slab.insert(4) != first)
        #expect(slab[first] == 3)
    }

    @Test("A place that is given back twice stops the process")
    func refusesDoubles() async {
        await #expect(processExitsWith: .failure) {
            var slab = Slab<Int>()
            let place = slab.insert(1)
            slab.remove(place)
            slab.remove(place)
        }
    }

    @Test("A stream that is removed twice stops the process")
    func refusesDoubleStreams() async {
        await #expect(processExitsWith: .failure) {
            var streams = StreamTable()
            let stream = streams.insert()
            streams.remove(stream)
            streams.remove(stream)
        }
    }
}
