import LWS
import OrderUpdates
import TransportCore

extension ServerLoop {
    /// With this many bytes a batch is written before more is encoded. So a reader that stalls holds one batch and
    /// one event at most; it reads the rest from the hub later.
    static let largestBatch = 128 * 1024
    /// How many events are read from the hub at once for a reader that catches up.
    static let replayBatch = 32

    /// Delivers what is new. Budget of the hot path for each subscriber: one `send`, no allocation, no other system
    /// call.
    func flush() {
        hub.collect(loopID, into: &collected)
        var delivered = 0
        for entry in collected.entries {
            delivered += deliver(entry)
        }
        for stream in dirtyMerged where streams[stream].traits.contains(.isDirty) {
            streams[stream].traits.remove(.isDirty)
            pumpMerged(stream)
        }
        dirtyMerged.removeAll(keepingCapacity: true)
        if delivered > 0 { counters.delivered.count(delivered) }
        if !heldAnswers.isEmpty { sendHeldAnswers() }
        monitor.flushed()
    }

    private func deliver(_ entry: Collected.Entry) -> Int {
        let token = Int32(entry.token)
        let events = collected.events[entry.events]
        guard let first = events.first?.offset, let last = events.last?.offset else { return 0 }
        batch.reset()
        var delivered = 0
        let count = topics[token].subscribers.count
        for position in 0..<count {
            if position.isMultiple(of: Self.lookahead) {
                fetch(token, position..<min(position + Self.lookahead, count))
            }
            let index = topics[token].subscribers[position]
            let cursor = subscriptions[index].cursor
            let stream = Int(subscriptions[index].stream)
            let traits = streams[stream].traits
            if traits.contains(.merged) {
                if !traits.contains(.isDirty) {
                    streams[stream].traits.insert(.isDirty)
                    dirtyMerged.append(stream)
                }
                continue
            }
            guard cursor < last, streams[stream].state == .open, let socket = streams[stream].socket else { continue }
            let encoding = Int(streams[stream].encoding)
            if !batch.has(encoding) { batch.encode(encoding, encodings[encoding], events, epoch: entry.epoch) }
            let size = batch[encoding].bytes.count
            guard cursor + 1 >= first, size <= Self.largestBatch else {
                pump(stream)
                continue
            }
            let skipped = Int(cursor + 1 - first)
            let start = skipped == 0 ? 0 : batch[encoding].ends[skipped - 1]
            subscriptions[index].cursor = last
            delivered += events.count - skipped
            batch[encoding].bytes.withUnsafeBytes { bytes in
                write(UnsafeRawBufferPointer(rebasing: bytes[start...]), to: stream, socket)
            }
        }
        if !topics[token].waiters.isEmpty { answerPolls(token) }
        return delivered
    }

    /// How many subscribers' connections are fetched into the cache ahead of their use, without waiting for any.
    private static let lookahead = 8

    private func fetch(_ token: Int32, _ positions: Range<Int>) {
        for position in positions {
            let stream = Int(subscriptions[topics[token].subscribers[position]].stream)
            streams.fetch(stream)
        }
    }

    /// Writes to an unblocked stream. What its socket does not take is kept, and the stream is blocked until it was
    /// sent.
    func write(_ bytes: UnsafeRawBufferPointer, to stream: Int, _ socket: StreamSocket) {
        streams[stream].lastWrite = wheel.now
        switch socket.write(bytes, context) {
        case .taken(let count) where count == bytes.count:
            return
        case .taken(let count):
            tell(stream, .stalled)
            guard streams[stream].state != .closed else {
                // It had no credential yet.
                counters.slowConsumersCut.count()
                return log.cut(CloseReason.slowConsumer.name, "")
            }
            assert(streams[stream].extras?.pending == nil, "bytes are written past others that wait")
            let rest = UnsafeRawBufferPointer(rebasing: bytes[count...])
            if socket.kind == .webSocket, count > 0 {
                // libwebsockets keeps the rest, so that its own PONG or CLOSE cannot cut the frame.
                if socket.writeRemainder(rest, context) == .dead { tell(stream, .failed) }
            } else {
                streams.extras(of: stream).pending = PendingBytes(bytes: Array(rest))
            }
        case .dead:
            tell(stream, .failed)
        }
    }

    /// Writes bytes outside a timeline: an opening, a heartbeat, a result.
    func send(_ bytes: [UInt8], to stream: Int) {
        guard !bytes.isEmpty, let socket = streams[stream].socket else { return }
        switch streams[stream].state {
        case .awaitingCredential, .open: bytes.withUnsafeBytes { write($0, to: stream, socket) }
        case .blocked: enqueue(bytes, of: stream)
        case .opening, .ending, .closing, .closed: return
        }
    }

    /// Appends bytes to what waits for a stream's socket. A reader for which too much waits is cut off.
    func enqueue(_ bytes: [UInt8], of stream: Int) {
        let extras = streams.extras(of: stream)
        guard (extras.pending?.count ?? 0) + bytes.count <= configuration.limits.pendingBytes else {
            return cut(stream, .slowConsumer)
        }
        extras.append(bytes)
    }

    /// The socket is writable again. What waits is sent first; then the stream catches up, unless its close was
    /// written.
    func resume(_ stream: Int) {
        guard streams[stream].state == .blocked || streams[stream].state == .closing,
            let socket = streams[stream].socket
        else { return }
        if let extras = streams[stream].extras, var waiting = extras.pending {
            extras.pending = nil
            guard flushPending(&waiting, stream, socket) else {
                extras.pending = waiting
                return
            }
            streams.shedExtras(of: stream)
        }
        tell(stream, .drained)
        monitor.flushed()
    }

    private func flushPending(_ waiting: inout PendingBytes, _ stream: Int, _ socket: StreamSocket) -> Bool {
        let result = waiting.bytes.withUnsafeBytes { bytes in
            writePending(UnsafeRawBufferPointer(rebasing: bytes[waiting.start...]), socket)
        }
        guard case .taken(let count) = result else {
            tell(stream, .failed)
            return false
        }
        if count > 0 { streams[stream].lastWrite = wheel.now }
        waiting.start += count
        guard waiting.count > 0 else { return true }
        socket.requestWritable()
        return false
    }

    private func writePending(_ bytes: UnsafeRawBufferPointer, _ socket: StreamSocket) -> StreamSocket.WriteResult {
        let result = socket.write(bytes, context)
        guard socket.kind == .webSocket, case .taken(let count) = result, count > 0, count < bytes.count else {
            return result
        }
        // Here too, libwebsockets must complete a frame that was cut.
        let rest = UnsafeRawBufferPointer(rebasing: bytes[count...])
        return socket.writeRemainder(rest, context) == .dead ? .dead : .taken(bytes.count)
    }

    /// Brings every subscription of a stream up to the end of its timeline, or as far as the socket has room.
    func pump(_ stream: Int) {
        var index = streams[stream].firstSubscription
        while index >= 0, streams[stream].state == .open {
            pump(stream, index)
            index = subscriptions[index].next
        }
    }

    private func pump(_ stream: Int, _ index: Int32) {
        let token = subscriptions[index].topic
        let encoding = encodings[Int(streams[stream].encoding)]
        while streams[stream].state == .open {
            let position = StreamPosition(epoch: topics[token].epoch, offset: subscriptions[index].cursor)
            switch hub.read(topics[token].order, after: position, limit: Self.replayBatch) {
            case .events(let events, let epoch):
                guard !events.isEmpty else { return }
                counters.delivered.count(replay(events, epoch: epoch, to: stream, index, encoding))
            case .positionLost(let snapshot):
                guard configuration.slowConsumer == .positionLost else { return cut(stream, .slowConsumer) }
                lose(stream, encoding, asked: position, snapshot)
                subscriptions[index].cursor = snapshot.position.offset
            case .unknown:
                return close(stream, .unknownOrder)
            }
        }
    }

    /// Sends logged events until the stream is blocked. Returns their number.
    private func replay(
        _ events: [OrderEvent], epoch: UInt64, to stream: Int, _ subscription: Int32, _ encoding: WireEncoding
    ) -> Int {
        var bytes: [UInt8] = []
        var count = 0
        for event in events {
            encoding.append(to: &bytes) {
                $0.appendUpdate(StreamPosition(epoch: epoch, offset: event.offset), event.json, to: &$1)
            }
            subscriptions[subscription].cursor = event.offset
            count += 1
            guard bytes.count >= Self.largestBatch else { continue }
            send(bytes, to: stream)
            bytes.removeAll(keepingCapacity: true)
            if streams[stream].state != .open { break }
        }
        send(bytes, to: stream)
        return count
    }

    /// Tells a reader, exactly once, that its position is lost, and sends the current state.
    func lose(_ stream: Int, _ encoding: WireEncoding, asked: StreamPosition, _ snapshot: OrderSnapshot) {
        counters.positionsLost.count()
        var bytes: [UInt8] = []
        encoding.append(to: &bytes) { $0.appendPositionLost(snapshot.id, asked: asked, to: &$1) }
        encoding.append(snapshot, at: snapshot.position, to: &bytes)
        send(bytes, to: stream)
    }
}
