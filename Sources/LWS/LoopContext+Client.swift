extension LoopContext {
    /// Makes the loop one that connects to servers.
    /// - Parameters:
    ///   - trustedAuthorities: a PEM file of certificates that TLS trusts; nil trusts the system's.
    ///   - identity: PEM files of what TLS shows of the client; nil shows nothing.
    /// - Throws: `LWSError` where a file cannot be read or used.
    public func connectsToServers(
        trustedAuthorities: String? = nil, identity: ClientIdentity? = nil
    ) throws -> ClientLoop {
        precondition(client == nil, "a loop has one client half")
        let made = try ClientLoop(self, trustedAuthorities: trustedAuthorities, identity: identity)
        client = made
        return made
    }
}
