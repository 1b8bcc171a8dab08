import ExperimentModel

/// The bodies of the HTTP interface's answers.
enum ControlForms {
    struct Faults: Encodable {
        /// All faults that there are.
        var faults: [FaultProfile]
        /// The faults that are active.
        var active: [Active]
    }

    struct Active: Encodable {
        var id: Int
        /// CLOCK_MONOTONIC, nanoseconds.
        var beganAt: Int64
        var step: FaultStep

        init(_ fault: ActiveFault) {
            id = fault.id
            beganAt = fault.beganAt
            step = fault.step
        }
    }

    struct Ended: Encodable {
        var ended: Int
    }

    struct Plan: Encodable {
        /// CLOCK_MONOTONIC, nanoseconds.
        var startedAt: Int64?
        var steps: [FaultStep]
    }

    struct Log: Encodable {
        /// The number of all entries so far, including those that are not stored any more.
        var count: Int
        var entries: [FaultLog.Entry]
    }

    struct Connections: Encodable {
        /// The number of all connections so far.
        var accepted: Int
        var open: Int
        var connections: [Connection]
    }

    struct Connection: Encodable {
        var id: Int
        /// CLOCK_MONOTONIC, nanoseconds.
        var openedAt: Int64
        var phase: ProxiedConnection.Phase
        var bytesFromClient: Int
        var bytesToServer: Int
        var bytesFromServer: Int
        var bytesToClient: Int
        /// The ids of the faults that affect it.
        var faults: [Int]

        init(_ connection: ProxiedConnection) {
            id = connection.id
            openedAt = connection.openedAt
            phase = connection.phase
            (bytesFromClient, bytesToServer, bytesFromServer, bytesToClient) = connection.bytes
            faults = connection.faultIDs
        }
    }
}
