package import ExperimentModel
package import NIOCore

/// A fault between client and server: a file in `Faults/`, and a line in `Catalog/Faults.swift`.
///
/// A value is made each time the fault begins. Its methods are called on the proxy's event loop.
package protocol Fault: Sendable {
    static var profile: FaultProfile { get }

    init(_ settings: FaultParameters)

    /// The handlers that affect a connection while the fault lasts.
    ///
    /// Called for all open connections when the fault begins, and for each that opens until it ends. The handlers are
    /// removed when it ends; what they hold back is then sent at once, in order.
    func handlers(on connection: ProxiedConnection, _ active: ActiveFault) -> FaultHandlers

    /// What happens to a connection that opens while the fault lasts; nil for nothing special.
    func opening() -> Opening?

    /// What happens to a connection that is open when the fault begins.
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

    /// In the client's channel: its writes are the server's bytes, its reads the client's.
    package var client: Handler?
    /// In the server's channel: its writes are the client's bytes.
    package var server: Handler?

    package init(client: Handler? = nil, server: Handler? = nil) {
        self.client = client
        self.server = server
    }
}

/// What a fault does to a connection that opens.
package enum Opening: Sendable {
    /// It continues after this time.
    case delayed(TimeAmount)
    /// The proxy reads it, but does not connect to the server.
    case unconnected
    /// Nothing is read from it until the fault is over.
    case held
}
