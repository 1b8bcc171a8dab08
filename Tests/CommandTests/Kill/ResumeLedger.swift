import Synchronization
import Testing

/// What was acknowledged to the publisher, and what each follower has seen, over all lives of the server.
final class ResumeLedger: Sendable {
    struct Position: Hashable {
        var epoch: String
        var offset: Int

        init?(_ text: String) {
            let parts = text.split(separator: "-")
            guard parts.count == 2, let offset = Int(parts[1]) else { return nil }
            epoch = String(parts[0])
            self.offset = offset
        }
    }

    /// One connection's worth, as it was read.
    enum Entry {
        case lost(order: String)
        case snapshot(Position?, number: Int)
        case update(Position, number: Int)
    }

    private struct State {
        var acknowledged: [Int: Position] = [:]
        var attempted = 0
        var complaints: [String] = []
        var isOver = false
        var isPublished = false
        var port = 0
    }
    private let state = Mutex(State())

    var isOver: Bool { state.withLock { $0.isOver } }
    /// Whether all that will be published has been.
    var isPublished: Bool { state.withLock { $0.isPublished || $0.isOver } }
    func stopPublishing() { state.withLock { $0.isPublished = true } }
    func end() { state.withLock { $0.isOver = true } }
    var port: Int {
        get { state.withLock { $0.port } }
        set { state.withLock { $0.port = newValue } }
    }

    func attempt() -> Int {
        state.withLock { state in
            state.attempted += 1
            return state.attempted
        }
    }
    func acknowledge(_ number: Int, at position: Position) {
        state.withLock { $0.acknowledged[number] = position }
    }
    var acknowledged: [Int: Position] { state.withLock { $0.acknowledged } }
    var acknowledgements: Int { state.withLock { $0.acknowledged.count } }

    func complain(_ text: String) {
        state.withLock { state in if state.complaints.count < 20 { state.complaints.append(text) } }
    }
    var complaints: [String] { state.withLock { $0.complaints } }
}

/// A subscriber over all its connections: it resumes from the last position that it has seen, and complains of whatever
/// breaks the promise.
final class Follower: Sendable {
    struct State {
        var position: ResumeLedger.Position?
        /// The publisher's number of the latest update.
        var number = 0
        /// By number, where the follower saw it.
        var seen: [Int: ResumeLedger.Position] = [:]
        var losses = 0
        var epochs = 0
        var resumes = 0
    }
    let name: String
    let ledger: ResumeLedger
    /// Whether offsets rise by one: not in a stream of many orders.
    let isSingle: Bool
    private let state = Mutex(State())

    init(_ name: String, _ ledger: ResumeLedger, isSingle: Bool = true) {
        self.name = name
        self.ledger = ledger
        self.isSingle = isSingle
    }

    var current: State { state.withLock { $0 } }

    /// A query that resumes, after `?` or `&`.
    var after: String {
        state.withLock { state in state.position.map { "after=\($0.epoch)-\($0.offset)" } ?? "" }
    }

    /// A connection that checks what comes on it against what is known.
    func connection() -> Connection {
        state.withLock { state in
            if state.position != nil { state.resumes += 1 }
            return Connection(follower: self, resumed: state.position)
        }
    }

    struct Connection {
        let follower: Follower
        let resumed: ResumeLedger.Position?
        private var losses: [String: Int] = [:]
        /// Of the snapshots so far: in a stream of many orders only the last of them has a position.
        private var latest = 0
        private var entries = 0

        fileprivate init(follower: Follower, resumed: ResumeLedger.Position?) {
            self.follower = follower
            self.resumed = resumed
        }

        mutating func take(_ entry: ResumeLedger.Entry) {
            entries += 1
            switch entry {
            case .lost(let order):
                losses[order, default: 0] += 1
                if losses[order]! > 1 || resumed == nil || follower.isSingle && entries > 1 {
                    follower.ledger.complain("\(follower.name): a loss that is out of place")
                }
            case .snapshot(let position, let number):
                latest = max(latest, number)
                if resumed != nil, losses.isEmpty {
                    follower.ledger.complain("\(follower.name): a snapshot instead of what followed \(resumed!)")
                }
                guard let position else { return }
                if let resumed, resumed.epoch == position.epoch {
                    follower.ledger.complain("\(follower.name): \(resumed) was lost in its own epoch, at \(position)")
                }
                // Counted here: a loss that a kill parts from its snapshot has not happened yet.
                follower.state.withLock { state in
                    if !losses.isEmpty { state.losses += 1 }
                    if let known = state.position, known.epoch != position.epoch { state.epochs += 1 }
                    state.position = position
                    state.number = latest
                    state.seen[latest] = position
                }
            case .update(let position, let number):
                follower.state.withLock { state in
                    let known = state.position
                    let follows =
                        known.map {
                            position.epoch == $0.epoch
                                && (follower.isSingle ? position.offset == $0.offset + 1 : position.offset > $0.offset)
                        } ?? false
                    if !follows || number <= state.number {
                        follower.ledger.complain(
                            "\(follower.name): update \(number) at \(position) after \(state.number) at "
                                + "\(known.map { "\($0)" } ?? "nothing")")
                    }
                    state.position = position
                    state.number = number
                    state.seen[number] = position
                }
            }
        }
    }
}
