public import ReconnectionStudy

extension Catalog {
    /// The runner's faults, to processes and sockets. A new one adds its line here, and its file under
    /// `Sources/ReconnectionStudy/Faults`.
    public static let runnerFaults: [any RunnerFault.Type] = [
        ServerStopFault.self,
        ServerKillFault.self,
        ServerFreezeFault.self,
        ClientFreezeFault.self,
        StalledReaderFault.self,
        HalfOpenFault.self,
        SocketKillFault.self,
    ]
}
