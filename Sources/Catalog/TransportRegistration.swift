public import TransportCore

/// The server's and the client's side of a transport, which have the same name.
public struct TransportRegistration: Sendable {
    public let name: TransportName
    public let server: any ServerTransport
    public let client: any ClientTransport
    /// What the two sides can do together, with the limitations of both.
    public let capabilities: TransportCapabilities

    /// Traps where the two sides belong to different transports.
    public init(_ server: some ServerTransport, _ client: some ClientTransport) {
        precondition(
            server.name == client.name,
            "the server of '\(server.name)' is registered with the client of '\(client.name)': they cannot talk")
        name = server.name
        self.server = server
        self.client = client
        capabilities = server.capabilities.common(with: client.capabilities)
    }
}

extension TransportCapabilities {
    fileprivate func common(with client: Self) -> Self {
        var common = self
        common.protocolVersions.removeAll { !client.protocolVersions.contains($0) }
        common.speaksUnencryptedHTTP2 = speaksUnencryptedHTTP2 && client.speaksUnencryptedHTTP2
        common.compressesMessages = compressesMessages && client.compressesMessages
        common.supportsTLS = supportsTLS && client.supportsTLS
        common.carriesCommands = carriesCommands && client.carriesCommands
        common.carriesManyOrders = carriesManyOrders && client.carriesManyOrders
        common.replays = replays && client.replays
        common.heartbeats.removeAll { !client.heartbeats.contains($0) }
        common.limitations += client.limitations.filter { !limitations.contains($0) }
        return common
    }
}
