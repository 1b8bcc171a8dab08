internal import ExperimentModel

/// A phase of the way back. The phases are in the order of time, and the last one spans several.
public enum SessionPhase: String, Sendable, CaseIterable {
    case detectClient = "detect-client"
    case detectServer = "detect-server"
    case wait
    case connect
    case authenticate
    case replay
    case caughtUp = "caught-up"

    /// The phases that a client goes through one after another.
    static let stacked: [SessionPhase] = [.detectClient, .wait, .connect, .authenticate, .replay]

    var title: String {
        switch self {
        case .detectClient: "Detect, client"
        case .detectServer: "Detect, server"
        case .wait: "Wait"
        case .connect: "Connect + TLS"
        case .authenticate: "Authenticate"
        case .replay: "Replay"
        case .caughtUp: "Caught up"
        }
    }

    /// The start of the phase, in few words.
    var origin: String {
        switch self {
        case .detectClient, .detectServer: "since the fault"
        case .wait: "since it knows"
        case .connect: "the attempt"
        case .authenticate: "to 200 or 101"
        case .replay: "to all published"
        case .caughtUp: "since the repair"
        }
    }

    /// What a session does in the phase: `waiting`.
    var activity: String {
        switch self {
        case .detectClient, .detectServer: "noticing the loss"
        case .wait: "waiting"
        case .connect: "connecting"
        case .authenticate: "authenticating"
        case .replay: "replaying"
        case .caughtUp: "catching up"
        }
    }

    func summary(of phases: ReconnectionSummary.Phases) -> LatencySummary? {
        switch self {
        case .detectClient: phases.detectClient
        case .detectServer: phases.detectServer
        case .wait: phases.wait
        case .connect: phases.connect
        case .authenticate: phases.authenticate
        case .replay: phases.replay
        case .caughtUp: phases.caughtUp
        }
    }
}
