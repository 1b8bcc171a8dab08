extension LoopContext {
    /// Makes the loop one that connects to servers.
    /// - Parameter trustedAuthorities: a PEM file of certificates that TLS trusts; nil trusts the system's.
    /// - Throws: `LWSError` where the file cannot be read or used.
    public func connectsToServers(trustedAuthorities: String? = nil) throws -> ClientLoop {
        precondition(client == nil, "a loop has one client half")
        let made = try ClientLoop(self, trustedAuthorities: trustedAuthorities)
        client = made
        return made
    }
}
