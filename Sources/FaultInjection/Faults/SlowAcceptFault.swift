package import ExperimentModel
import NIOCore

/// Delays connections that open before they are read, as a server with a long accept queue does.
package struct SlowAcceptFault: Fault {
    package static let profile = FaultProfile.proxy(
        "slow-accept", "lets new connections wait before they are served", [.milliseconds(500)])

    private let delay: TimeAmount

    package init(_ settings: FaultParameters) { delay = TimeAmount(milliseconds: settings["milliseconds"]) }

    package func opening() -> Opening? { .delayed(delay) }
}
