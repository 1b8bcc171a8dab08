extension LoopContext {
    /// Lets the loop connect to servers.
    /// - Parameters:
    ///   - trustedAuthorities: a PEM file of certificates that TLS trusts; nil trusts the system's.
    ///   - identity: PEM files of the client's certificate; nil for none.
    ///   - proxy: carries the connections; nil connects to the servers directly, whatever the environment says.
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
