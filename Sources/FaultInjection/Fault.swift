package import ExperimentModel
package import NIOCore

/// One thing that goes wrong between client and server: a file under `Faults/`, and a line in `Catalog/Faults.swift`.
///
/// A value is made each time the fault begins. All of it is called on the proxy's event loop.
package protocol Fault: Sendable {
    static var profile: FaultProfile { get }

    init(_ settings: FaultParameters)

    /// What stands in a connection's way while the fault lasts.
    ///
    /// Called when the fault begins, for the connections that are open, and for each that opens until it ends. The handlers
    /// are removed when it ends; what they hold back then goes out at once, in order.
    func handlers(on connection: ProxiedConnection, _ active: ActiveFault) -> FaultHandlers

    /// What becomes of a connection that opens while the fault lasts; nil for nothing out of the ordinary.
    func opening() -> Opening?

    /// What happens to a connection that is open as the fault begins.
    func strike(_ connection: ProxiedConnection, _ active: ActiveFault)
}

extension Fault {
    package func handlers(on connection: ProxiedConnection, _ active: ActiveFault) -> FaultHandlers {
        FaultHandlers()
    }
    package func opening() -> Opening? { nil }
    package func strike(_ connection: ProxiedConnection, _ active: ActiveFault) {}
}

/// A fault's channel handlers for one connection.
package struct FaultHandlers {
    package typealias Handler = any ChannelHandler & RemovableChannelHandler

    /// In the client's channel: writes are what the server says, reads what the client says.
    package var client: Handler?
    /// In the server's channel: writes are what the client says.
    package var server: Handler?

    package init(client: Handler? = nil, server: Handler? = nil) {
        self.client = client
        self.server = server
    }
}

/// What a fault makes of a connection that opens.
package enum Opening: Sendable {
    /// It goes on after a while.
    case delayed(TimeAmount)
    /// It is read, but the server does not hear of it.
    case unconnected
    /// Nobody reads what it says until the fault is over.
    case held
}
