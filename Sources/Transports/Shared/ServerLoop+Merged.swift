import LWS
import OrderUpdates
import TransportCore

/// A stream that carries many orders under one position.
struct MergedStream {
    var orders: [OrderID]
    /// Everything of its orders up to this sequence of the hub was sent, once the restatement was.
    var cursor: UInt64
    var restatement: Restatement?
}

/// The state of every order of a stream, of which only a part may have been sent yet. It shares the hub's bytes.
struct Restatement {
    var snapshots: [OrderSnapshot]
    var said = 0
    /// The position that was lost; nil where the stream begins.
    var asked: StreamPosition?
    var position: StreamPosition
}

extension ServerLoop {
    /// Sends the state of every order of a stream of many at one moment: to begin the stream, or because its position
    /// is lost.
    ///
    /// One position stands for all orders, so it is lost for all. If only some orders were reported, a reader that is
    /// cut off between their snapshots and the others' updates would have no position to resume from without loss or
    /// repetition. For the same reason only the last snapshot has the new position.
    func restate(_ stream: Int, asked position: StreamPosition?) {
        guard let state = streams[stream].extras?.merged else { return }
        // No hub reaches this sequence, so the answer has a snapshot for every order.
        let now = hub.read(state.orders, afterSequence: .max)
        guard now.unknown.isEmpty else { return close(stream, .unknownOrder) }
        streams[stream].extras?.merged?.cursor = now.sequence
        streams[stream].extras?.merged?.restatement = Restatement(
            snapshots: now.lost, asked: position, position: StreamPosition(epoch: hub.epoch, offset: now.sequence))
        continueRestatement(stream)
    }

    /// Sends the rest of a restatement, as far as the socket has room.
    private func continueRestatement(_ stream: Int) {
        let encoding = encodings[Int(streams[stream].encoding)]
        while streams[stream].state == .open, var rest = streams[stream].extras?.merged?.restatement {
            var bytes: [UInt8] = []
            while rest.said < rest.snapshots.count, bytes.count < Self.largestBatch {
                let snapshot = rest.snapshots[rest.said]
                rest.said += 1
                if let asked = rest.asked {
                    counters.positionsLost.count()
                    encoding.append(to: &bytes) { $0.appendPositionLost(snapshot.id, asked: asked, to: &$1) }
                }
                encoding.append(snapshot, at: rest.said == rest.snapshots.count ? rest.position : nil, to: &bytes)
            }
            streams[stream].extras?.merged?.restatement = rest.said < rest.snapshots.count ? rest : nil
            send(bytes, to: stream)
        }
    }

    /// Brings a stream of many orders up to the hub's sequence, or as far as the socket has room.
    func pumpMerged(_ stream: Int) {
        let encoding = encodings[Int(streams[stream].encoding)]
        continueRestatement(stream)
        while streams[stream].state == .open, let state = streams[stream].extras?.merged {
            let news = hub.read(state.orders, afterSequence: state.cursor, limit: Self.replayBatch)
            guard news.unknown.isEmpty else { return close(stream, .unknownOrder) }
            guard news.lost.isEmpty else {
                guard configuration.slowConsumer == .positionLost else { return cut(stream, .slowConsumer) }
                restate(stream, asked: StreamPosition(epoch: hub.epoch, offset: state.cursor))
                continue
            }
            var bytes: [UInt8] = []
            var taken = 0
            for entry in news.entries {
                encoding.append(to: &bytes) {
                    $0.appendUpdate(
                        StreamPosition(epoch: hub.epoch, offset: entry.event.sequence), entry.event.json, to: &$1)
                }
                streams[stream].extras?.merged?.cursor = entry.event.sequence
                taken += 1
                guard bytes.count >= Self.largestBatch else { continue }
                send(bytes, to: stream)
                bytes.removeAll(keepingCapacity: true)
                if streams[stream].state != .open { break }
            }
            if taken == news.entries.count { streams[stream].extras?.merged?.cursor = news.sequence }
            send(bytes, to: stream)
            counters.delivered.count(taken)
            if news.entries.isEmpty { return }
        }
    }
}
