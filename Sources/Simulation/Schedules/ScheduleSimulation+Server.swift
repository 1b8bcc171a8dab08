import OrderUpdates
import SeededRandomness
import TransportCore

/// The server, and the faults.
extension ScheduleSimulation {
    /// A connection's request has arrived.
    mutating func serve(_ index: Int, after: StreamPosition?) throws(ScheduleViolation) {
        let session = connections[index].session
        guard clients[session].connection == index, !connections[index].isReset, !connections[index].isDead else {
            return
        }
        if conditions.isAway.at(now) != nil || conditions.cutHandshake.at(now) != nil {
            return reset(index)
        }
        if let refusal = conditions.refusal.at(now) {
            return finish(index, .refused(status: refusal.status, retryAfter: refusal.retryAfter))
        }
        if conditions.page.at(now) != nil { return finish(index, .notAStream(contentType: "text/html")) }
        connections[index].messagesLeft = conditions.cutAfter.at(now)
        send(index, .opened)
        if random.oneIn(2) { send(index, .retry) }
        let begin = conditions.ignoresPosition.at(now) == nil ? after.map(start) : nil
        clients[session].view.replaysInexactly = begin != after
        if let begin { connections[index].cursor = begin } else { sendSnapshot(index, server.snapshot()) }
        if connections[index].messagesLeft == 0 { return reset(index) }
        try pump(index)
    }

    /// The position that a replay begins at. It is before the one that was asked for where the server only promises
    /// at-least-once delivery.
    private func start(_ after: StreamPosition) -> StreamPosition {
        guard let overlap = conditions.overlap.at(now) else { return after }
        let earlier = StreamPosition(epoch: after.epoch, offset: after.offset - min(after.offset, overlap))
        if case .events = server.read(after: earlier, limit: 1), case .events = server.read(after: after, limit: 1) {
            return earlier
        }
        return after
    }

    mutating func pumpAll() throws(ScheduleViolation) {
        for index in connections.indices where connections[index].cursor != nil { try pump(index) }
    }

    /// Sends the events after the connection's cursor, as far as its reader has room.
    mutating func pump(_ index: Int) throws(ScheduleViolation) {
        while let cursor = connections[index].cursor, connections[index].unread < schedule.window {
            let room = schedule.window - connections[index].unread
            switch server.read(after: cursor, limit: room) {
            case .events(let events, let epoch):
                if events.isEmpty { return }
                for event in events {
                    let position = StreamPosition(epoch: epoch, offset: event.offset)
                    send(index, .update(position, serial: SimulatedServer.serial(event.json)))
                    guard connections[index].cursor != nil else { return }
                    connections[index].cursor = position
                }
            case .positionLost(let snapshot):
                send(index, .positionLost)
                sendSnapshot(index, (snapshot.position, SimulatedServer.serial(snapshot.json)))
            case .unknown: throw violation(connections[index].session, "the server has no order any more")
            }
        }
    }

    private mutating func sendSnapshot(_ index: Int, _ snapshot: (position: StreamPosition, serial: Int)) {
        connections[index].cursor = snapshot.position
        send(index, .snapshot(snapshot.position, serial: snapshot.serial))
    }

    mutating func send(_ index: Int, _ message: Message, from time: Int64? = nil) {
        if message.fillsWindow {
            if let left = connections[index].messagesLeft {
                guard left > 0 else { return reset(index) }
                connections[index].messagesLeft = left - 1
            }
            connections[index].unread += 1
        }
        connections[index].lastWrite = now
        guard !connections[index].isDead, !connections[index].isReset else { return }
        let arrival = max(
            (time ?? now) + latency(), connections[index].lastArrival, conditions.stalls[connections[index].session])
        connections[index].lastArrival = arrival
        at(arrival, .arrival(connection: index, message))
    }

    /// The server ends the connection.
    private mutating func finish(_ index: Int, _ cause: ClosedCause) {
        connections[index].cursor = nil
        send(index, .closed(cause))
    }

    private mutating func reset(_ index: Int) {
        connections[index].cursor = nil
        guard !connections[index].isReset else { return }
        connections[index].isReset = true
        guard !connections[index].isDead else { return }
        let arrival = max(now + latency(), conditions.stalls[connections[index].session])
        at(arrival, .broken(connection: index, .failed("reset")))
    }

    mutating func tick() throws(ScheduleViolation) {
        at(now + FaultSchedule.second, .tick)
        for index in connections.indices
        where connections[index].cursor != nil && now - connections[index].lastWrite >= schedule.heartbeat {
            send(index, .heartbeat)
        }
    }

    // MARK: Faults

    mutating func strike(_ number: Int) throws(ScheduleViolation) {
        let fault = schedule.faults[number]
        let struck = clients.indices.filter { fault.session == nil || fault.session == $0 }
        /// The connections that a client still listens to.
        let open = struck.compactMap { clients[$0].connection }
        switch fault.kind {
        case .reset: for index in open { reset(index) }
        case .end: for index in open where connections[index].cursor != nil { finish(index, .ended) }
        case .close(let reason):
            for index in open where connections[index].cursor != nil { finish(index, .reason(reason)) }
        case .blackHole:
            for index in open { kill(index) }
            for session in struck { conditions.holes[session] = max(conditions.holes[session], fault.end) }
        case .stall: for session in struck { conditions.stalls[session] = max(conditions.stalls[session], fault.end) }
        case .latency(let milliseconds): conditions.extraLatency.set(milliseconds * 1_000_000, until: fault.end)
        case .stop:
            guard conditions.isAway.at(now) == nil else { return }
            for client in clients.indices { if let index = clients[client].connection { reset(index) } }
            conditions.isAway.set((), until: fault.end)
            at(fault.end, .comeBack(fault: number))
        case .drain(let delay):
            guard conditions.isAway.at(now) == nil else { return }
            let reason = delay.map { CloseReason.draining.after(milliseconds: $0) } ?? .draining
            for index in connections.indices where connections[index].cursor != nil { finish(index, .reason(reason)) }
            conditions.isAway.set((), until: fault.end)
        case .refuse(let status, let retryAfter): conditions.refusal.set((status, retryAfter), until: fault.end)
        case .page: conditions.page.set((), until: fault.end)
        case .cutAfter(let messages): conditions.cutAfter.set(messages, until: fault.end)
        case .cutHandshake: conditions.cutHandshake.set((), until: fault.end)
        case .overlap(let updates): conditions.overlap.set(updates, until: fault.end)
        case .ignorePosition: conditions.ignoresPosition.set((), until: fault.end)
        case .failFetches: conditions.failsFetches.set((), until: fault.end)
        case .burst(let updates): if conditions.isAway.at(now) == nil { server.publish(updates) }
        }
    }

    /// Loses what is on its way and all that will be sent.
    private mutating func kill(_ index: Int) {
        connections[index].isDead = true
        connections[index].isReset = true
    }

    mutating func comeBack(_ number: Int) {
        guard case .stop(let memory) = schedule.faults[number].kind, memory != .everything else { return }
        restarts += 1
        // Nothing that an earlier server sent may arrive any more.
        for client in clients.indices { if let index = clients[client].connection { reset(index) } }
        server.restart(memory, lost: Int(random.next(in: 1...4)))
    }
}
