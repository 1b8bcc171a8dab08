extension LoopContext {
    /// Makes the loop one that connects to servers.
    /// - Parameters:
    ///   - trustedAuthorities: a PEM file of certificates that TLS trusts; nil trusts the system's.
    ///   - identity: PEM files of what TLS shows of the client; nil shows nothing.
    ///   - proxy: carries the connections; nil goes to the servers directly, whatever the environment says.
    /// - Throws: `LWSError` where a file cannot be read or used.
    public func connectsToServers(
        trustedAuthorities: String? = nil, identity: ClientIdentity? = nil, proxy: ClientProxy? = nil
    ) throws -> ClientLoop {
        precondition(client == nil, "a loop has one client half")
        descriptors?.restore()
        descriptors = nil
        let made = try ClientLoop(self, trustedAuthorities: trustedAuthorities, identity: identity, proxy: proxy)
        client = made
        return made
    }
}
