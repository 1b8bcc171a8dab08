import Clocks
import OrderUpdates
import SeededRandomness
import TransportCore

/// The handling of events, and the clients.
extension ScheduleSimulation {
    mutating func happen(_ event: Event) throws(ScheduleViolation) {
        switch event {
        case .start(let session): try put(session, .start)
        case .timer(let session):
            guard clients[session].armed == now else { return }
            clients[session].armed = nil
            try put(session, .timer)
        case .publish: if conditions.isAway.at(now) == nil { server.publish() }
        case .strike(let fault): try strike(fault)
        case .comeBack(let fault): comeBack(fault)
        case .tick: try tick()
        case .request(let connection, let after): try serve(connection, after: after)
        case .arrival(let connection, let message): try arrive(connection, message)
        case .broken(let connection, let cause):
            if clients[connections[connection].session].connection == connection { try close(connection, cause) }
        case .fetch(let session): fetchArrives(session)
        case .fetched(let session, let position, let serial, let restarts):
            // The answer of a server that has gone is not used: its connection has broken.
            let position = restarts == self.restarts ? position : nil
            clients[session].isFetching = false
            try put(session, .refetched(position), position, serial)
        }
    }

    private mutating func arrive(_ index: Int, _ message: Message) throws(ScheduleViolation) {
        let session = connections[index].session
        guard !connections[index].isReset, clients[session].connection == index else { return }
        switch message {
        case .connected: try put(session, .connected)
        case .opened: try put(session, .opened)
        case .retry: try put(session, .retry(milliseconds: 1_000))
        case .heartbeat: try put(session, .heartbeat)
        case .positionLost: try put(session, .positionLost)
        case .update(let position, let serial):
            try put(session, .update(position), position, serial)
            clients[session].view.arrived = serial
        case .snapshot(let position, let serial):
            try put(session, .snapshot(position), position, serial)
            clients[session].view.arrived = serial
        case .closed(let cause): try close(index, cause)
        }
        if message.fillsWindow {
            connections[index].unread -= 1
            try pump(index)
        }
    }

    private mutating func close(_ index: Int, _ cause: ClosedCause) throws(ScheduleViolation) {
        let session = connections[index].session
        clients[session].connection = nil
        connections[index].cursor = nil
        clients[session].lastCause = cause
        try put(session, .closed(cause))
        if clients[session].view.mustStop(cause), clients[session].machine.phase != .stopped {
            throw violation(session, "it comes back after \(cause)")
        }
    }

    /// - Parameters: the payload of the input, where it has one.
    private mutating func put(
        _ session: Int, _ input: SessionInput, _ position: StreamPosition? = nil, _ serial: Int = 0
    ) throws(ScheduleViolation) {
        let actions = clients[session].machine.handle(input, at: MonotonicInstant(nanoseconds: now))
        for action in actions {
            var problem: String?
            switch action {
            case .connect(let after): problem = connect(session, after: after)
            case .disconnect: disconnect(session)
            case .refetch: problem = fetch(session)
            case .deliver: problem = deliver(session, input, position, serial)
            case .declareLoss: problem = clients[session].view.declareLoss(server)
            case .stopped(let cause):
                if !clients[session].view.mayStop(cause, last: clients[session].lastCause) {
                    problem = "it stopped, and says \(cause)"
                }
            }
            if let problem { throw violation(session, problem) }
        }
        arm(session)
    }

    private mutating func arm(_ session: Int) {
        guard let deadline = clients[session].machine.deadline?.nanoseconds else { return }
        if let armed = clients[session].armed, armed <= deadline { return }
        clients[session].armed = max(now, deadline)
        at(max(now, deadline), .timer(session: session))
    }

    private mutating func deliver(
        _ session: Int, _ input: SessionInput, _ position: StreamPosition?, _ serial: Int
    ) -> String? {
        guard let position else { return "something without a position was delivered" }
        return switch input {
        case .update: clients[session].view.show(update: serial, at: position, server)
        case .snapshot: clients[session].view.show(state: serial, at: position, isRefetch: false, server)
        case .refetched: clients[session].view.show(state: serial, at: position, isRefetch: true, server)
        default: "\(input) was delivered"
        }
    }

    private mutating func connect(_ session: Int, after: StreamPosition?) -> String? {
        guard clients[session].connection == nil else { return "it has two connections" }
        let index = connections.count
        connections.append(Connection(session: session))
        clients[session].connection = index
        clients[session].view.replaysInexactly = false
        guard now >= conditions.holes[session] else {
            connections[index].isDead = true
            return nil
        }
        let roundTrip = 2 * latency()
        guard conditions.isAway.at(now) == nil else {
            at(now + roundTrip, .broken(connection: index, .failed("connection refused")))
            return nil
        }
        send(index, .connected, from: now + roundTrip / 2)
        at(now + roundTrip + latency(), .request(connection: index, after: after))
        return nil
    }

    private mutating func disconnect(_ session: Int) {
        guard let index = clients[session].connection else { return }
        clients[session].connection = nil
        connections[index].cursor = nil
    }

    private mutating func fetch(_ session: Int) -> String? {
        guard !clients[session].isFetching else { return "it makes two GETs at a time" }
        clients[session].isFetching = true
        at(now + latency(), .fetch(session: session))
        return nil
    }

    /// A GET has reached the server, or its time is over.
    private mutating func fetchArrives(_ session: Int) {
        let isSilent = now < conditions.holes[session] || now < conditions.stalls[session]
        let fails =
            isSilent || conditions.isAway.at(now) != nil || conditions.failsFetches.at(now) != nil
            || conditions.refusal.at(now) != nil
        let (position, serial) = server.snapshot()
        let answer = isSilent ? 5 * FaultSchedule.second : latency()
        at(
            now + answer,
            .fetched(session: session, fails ? nil : position, serial: serial, restarts: restarts))
    }

    mutating func latency() -> Int64 {
        let most = schedule.latency + (conditions.extraLatency.at(now) ?? 0)
        return random.next(in: schedule.latency / 2 + 1...most + 1)
    }
}

extension ScheduleSimulation.Message {
    /// Whether it takes room in the window until it is read.
    var fillsWindow: Bool {
        switch self {
        case .update, .snapshot: true
        default: false
        }
    }
}

extension ScheduleSimulation.Message: CustomStringConvertible {
    var description: String {
        switch self {
        case .connected: "connected"
        case .opened: "opened"
        case .retry: "retry"
        case .positionLost: "position lost"
        case .heartbeat: "heartbeat"
        case .update(let position, let serial): "update \(serial) at \(position)"
        case .snapshot(let position, let serial): "snapshot \(serial) at \(position)"
        case .closed(let cause): "closed: \(cause)"
        }
    }
}
