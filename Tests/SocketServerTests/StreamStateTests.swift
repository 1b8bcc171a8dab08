import Clocks
import SeededRandomness
import Testing
import TransportCore
import Transports

@Suite("The life of a stream")
struct StreamStateTests {
    private typealias Row = (event: StreamState.Event, next: StreamState, action: StreamState.Action)

    /// What each event does in a state, row by row.
    private static func rows(of state: StreamState) -> [Row] {
        switch state {
        case .opening:
            [
                (.opened, .open, .none), (.openedUnauthenticated, .awaitingCredential, .none),
                (.authenticated, .opening, .none), (.stalled, .opening, .none), (.drained, .opening, .none),
                (.end, .ending, .keepReason), (.cut, .ending, .keepReason), (.failed, .closed, .none),
            ]
        case .ending:
            [
                (.opened, .closing, .sayReason), (.openedUnauthenticated, .closing, .sayReason),
                (.authenticated, .ending, .none), (.stalled, .ending, .none), (.drained, .ending, .none),
                (.end, .ending, .none), (.cut, .ending, .none), (.failed, .closed, .none),
            ]
        case .awaitingCredential:
            [
                (.opened, .awaitingCredential, .none), (.openedUnauthenticated, .awaitingCredential, .none),
                (.authenticated, .open, .none), (.stalled, .closed, .closeSocket),
                (.drained, .awaitingCredential, .none), (.end, .closing, .sayReason), (.cut, .closing, .sayReason),
                (.failed, .closed, .none),
            ]
        case .open:
            [
                (.opened, .open, .none), (.openedUnauthenticated, .open, .none), (.authenticated, .open, .none),
                (.stalled, .blocked, .none), (.drained, .open, .none), (.end, .closing, .sayReason),
                (.cut, .closing, .sayReason), (.failed, .closed, .none),
            ]
        case .blocked:
            [
                (.opened, .blocked, .none), (.openedUnauthenticated, .blocked, .none),
                (.authenticated, .blocked, .none), (.stalled, .blocked, .none), (.drained, .open, .catchUp),
                (.end, .closing, .sayReason), (.cut, .closed, .closeSocket), (.failed, .closed, .none),
            ]
        case .closing:
            [
                (.opened, .closing, .none), (.openedUnauthenticated, .closing, .none),
                (.authenticated, .closing, .none), (.stalled, .closing, .none), (.drained, .closed, .finish),
                (.end, .closing, .none), (.cut, .closed, .closeSocket), (.failed, .closed, .none),
            ]
        case .closed:
            [
                (.opened, .closed, .closeSocket), (.openedUnauthenticated, .closed, .closeSocket),
                (.authenticated, .closed, .none), (.stalled, .closed, .none), (.drained, .closed, .none),
                (.end, .closed, .none), (.cut, .closed, .none), (.failed, .closed, .none),
            ]
        }
    }

    @Test("Each event does in each state what its row says", arguments: StreamState.allCases)
    func table(state: StreamState) {
        let rows = Self.rows(of: state)
        #expect(
            Set(rows.map(\.event)) == Set(StreamState.Event.allCases) && rows.count == StreamState.Event.allCases.count)
        for row in rows {
            var now = state
            let action = now.receive(row.event)
            #expect(now == row.next && action == row.action, "\(state) at \(row.event): \(now), \(action)")
        }
    }

    /// A loop's streams with sockets that take, hold or refuse what is written as chance has it.
    private struct Streams {
        /// What a peer has been sent: updates, and the last words.
        enum Word: Equatable { case update, reason }

        var table = StreamTable()
        var wheel = HeartbeatWheel()
        var random: SeededGenerator
        var said: [Int: [Word]] = [:]
        var live: [Int] = []
        var faults: [String] = []

        mutating func tell(_ stream: Int, _ event: StreamState.Event) {
            let wasBlocked = table[stream].state == .blocked
            switch table[stream].state.receive(event) {
            case .none, .catchUp: break
            case .keepReason: table.extras(of: stream).reason = .draining
            case .sayReason:
                if wasBlocked {
                    table.extras(of: stream).pending?.bytes.append(1)
                } else {
                    write(.reason, to: stream)
                }
                if table[stream].pending == nil { tell(stream, .drained) }
            case .finish: table.expect(stream, by: MonotonicInstant(nanoseconds: 5))
            case .closeSocket: break
            }
        }

        /// What the loop does with an update: nothing where the stream is not open.
        mutating func publish(to stream: Int) {
            if table[stream].state == .open { write(.update, to: stream) }
        }

        private mutating func write(_ word: Word, to stream: Int) {
            if table[stream].pending != nil { faults.append("\(word) is written past what waits") }
            if said[stream]?.contains(.reason) == true { faults.append("\(word) follows the last words") }
            said[stream, default: []].append(word)
            switch random.next(below: 4) {
            case 0:
                tell(stream, .stalled)
                if table[stream].state != .closed { table.extras(of: stream).pending = PendingBytes(bytes: [0]) }
            case 1: tell(stream, .failed)
            default: break
            }
        }

        /// The socket takes what waits.
        mutating func drain(_ stream: Int) {
            guard table[stream].pending != nil else { return }
            table.extras(of: stream).pending = nil
            tell(stream, .drained)
        }

        mutating func step() {
            if live.isEmpty || random.next(below: 4) == 0 {
                let stream = table.insert()
                live.append(stream)
                said[stream] = []
                if random.next(below: 2) == 0 { table.expect(stream, by: MonotonicInstant(nanoseconds: 1)) }
                wheel.schedule(stream, at: wheel.now &+ UInt32(random.next(below: 16)) &+ 1, &table)
                return
            }
            let stream = live[random.next(below: live.count)]
            switch random.next(below: 10) {
            case 0: tell(stream, .opened)
            case 1: tell(stream, .openedUnauthenticated)
            case 2: tell(stream, .authenticated)
            case 3: tell(stream, .end)
            case 4: tell(stream, .cut)
            case 5: drain(stream)
            case 6: release(stream)
            case 7:
                for stream in wheel.advance(&table) { wheel.schedule(stream, at: wheel.now &+ 16, &table) }
            default: publish(to: stream)
            }
        }

        mutating func release(_ stream: Int) {
            wheel.remove(stream, &table)
            table.remove(stream)
            live.removeAll { $0 == stream }
            said[stream] = nil
        }
    }

    @Test("Nothing is written past what waits or after the last words, and nothing is left of streams that have gone")
    func sequences() {
        for seed in 0..<100_000 as Range<UInt64> {
            var streams = Streams(random: SeededGenerator(seed: seed))
            for _ in 0..<24 { streams.step() }
            for stream in streams.live { streams.release(stream) }
            let due = (0..<40).flatMap { _ in streams.wheel.advance(&streams.table) }
            guard streams.faults.isEmpty, streams.table.isEmpty, due.isEmpty else {
                Issue.record("seed \(seed): \(streams.faults), empty \(streams.table.isEmpty), due \(due)")
                return
            }
        }
    }
}

extension StreamTable.Stream {
    fileprivate var pending: PendingBytes? { extras?.pending }
}
