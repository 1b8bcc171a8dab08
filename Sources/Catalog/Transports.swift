public import TransportCore
public import Transports

/// The registrations that the command, the runner and the conformance suite choose from.
public enum Catalog {
    /// Every transport, in the order of reports. A new one adds its line here, and nothing else outside its folder.
    public static let transports: [TransportRegistration] = distinct([
        TransportRegistration(SSETransport(), SSEClientTransport()),
        TransportRegistration(WebSocketTransport(), WebSocketClientTransport()),
        TransportRegistration(PollingTransport(), PollingClientTransport()),
        TransportRegistration(LongPollingTransport(), LongPollingClientTransport()),
        TransportRegistration(InProcessTransport(), InProcessClientTransport()),
    ])

    /// The transports that one server offers together, on one port.
    public static var socketTransports: [any SocketTransport] {
        transports.compactMap { $0.server as? any SocketTransport }
    }

    /// Nil where no transport has the name.
    public static func transport(named name: TransportName) -> TransportRegistration? {
        transports.first { $0.name == name }
    }

    /// Traps where two transports have the same name, because a cell could not tell which one it measured.
    package static func distinct(_ transports: [TransportRegistration]) -> [TransportRegistration] {
        var names: Set<TransportName> = []
        for transport in transports {
            precondition(
                names.insert(transport.name).inserted,
                "the transport '\(transport.name)' is registered twice: give each a name of its own")
        }
        return transports
    }
}
