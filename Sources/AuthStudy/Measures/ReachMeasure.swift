public import ExperimentModel
public import TransportCore

/// Which client APIs can use a scheme on a transport without additions, according to their specifications. It is not
/// a trial.
public struct ReachMeasure: Sendable {
    public let profile: AuthSchemeProfile
    public let transport: TransportName

    public init(_ profile: AuthSchemeProfile, over transport: TransportName) {
        self.profile = profile
        self.transport = transport
    }

    /// The clients that can use the transport, each once.
    public func measure() -> [AuthSummary.Reach] {
        ClientAPI.allCases.filter { $0.speaks(transport) }.map {
            AuthSummary.Reach(client: $0.rawValue, isUsable: profile.clients.contains($0))
        }
    }
}
