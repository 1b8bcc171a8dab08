import Clocks
import Testing
import TransportCore
import Transports

/// A drain that ends streams one after the other.
@Suite(.serialized, .ownThreads) struct PacedDrainTests {
    private func instant(_ milliseconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
    }

    @Test("Streams are due one after the other, at the pace") func goesAtItsPace() {
        var departure = Departure(Array(10..<20), pace: 100, within: .seconds(10), at: instant(5))
        #expect(Array(departure.due(at: instant(5))) == [10])
        #expect(Array(departure.due(at: instant(14))) == [])
        #expect(Array(departure.due(at: instant(15))) == [11])
        #expect(Array(departure.due(at: instant(45))) == [12, 13, 14])
        #expect(!departure.isOver)
        #expect(Array(departure.due(at: instant(1_000))) == [15, 16, 17, 18, 19])
        #expect(departure.isOver)
    }

    /// All are told in three quarters of the bound.
    @Test("A drain goes faster if its bound asks for it", arguments: [Duration.seconds(4), .milliseconds(100)])
    func goesFasterWhereTheBoundAsksForIt(bound: Duration) {
        var departure = Departure(Array(0..<100), pace: 1, within: bound, at: instant(0))
        #expect(departure.due(at: instant(bound.nanoseconds * 3 / 4 / 1_000_000)).count == 100)
        #expect(departure.isOver)
    }

    /// At one stream a second twenty would take ten times the bound.
    @Test("A drain tells every reader within its bound", arguments: [1, 2])
    func tellsEverybodyWithinItsBound(loops: Int) async throws {
        let test = try TestServer {
            $0.drainPace = 1
            $0.loops = loops
        }
        let readers = try (0..<20).map { _ in try reader(of: test) }
        #expect(await test.server.drain(within: .seconds(2)) == 0)
        for reader in readers { try reader.read(until: "\"reason\":\"draining\"") }
    }

    private func reader(of test: TestServer) throws -> RawClient {
        let reader = try RawClient(test.endpoint)
        reader.get("/orders/a/events")
        try reader.read(until: "order.snapshot")
        return reader
    }

    @Test("A drain tells each reader its own turn where streams open at a rate") func spreadsTheReturn() async throws {
        let test = try TestServer { $0.limits.acceptRate = 10 }
        let readers = try (0..<5).map { _ in try reader(of: test) }
        #expect(await test.server.drain(within: .seconds(20)) == 0)
        let delays = try readers.map { reader in
            try reader.read(until: "event: close")
            return try reader.read(until: "}\n").number(after: "\"delay\":")
        }
        #expect(delays.sorted() == [1_000, 1_100, 1_200, 1_300, 1_400])
    }
}

extension String {
    /// The number that follows the last occurrence of a text; -1 where there is none.
    fileprivate func number(after text: String) -> Int {
        guard let end = ranges(of: text).last?.upperBound else { return -1 }
        return Int(self[end...].prefix { $0.isNumber }) ?? -1
    }
}
