package import ExperimentModel
import NIOCore

/// A server whose accept queue is long: connections that open wait before anybody reads them.
package struct SlowAcceptFault: Fault {
    package static let profile = FaultProfile.proxy(
        "slow-accept", "lets new connections wait before they are served", [.milliseconds(500)])

    private let delay: TimeAmount

    package init(_ settings: FaultParameters) { delay = TimeAmount(milliseconds: settings["milliseconds"]) }

    package func opening() -> Opening? { .delayed(delay) }
}
