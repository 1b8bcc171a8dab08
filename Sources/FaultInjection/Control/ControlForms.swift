import ExperimentModel

/// The bodies of the HTTP interface's answers.
enum ControlForms {
    struct Faults: Encodable {
        /// What there is.
        var faults: [FaultProfile]
        /// What is under way.
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
        /// Of all entries so far, also those that are not kept any more.
        var count: Int
        var entries: [FaultLog.Entry]
    }

    struct Connections: Encodable {
        /// Of all so far.
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
        /// The ids of the faults that touch it.
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
