public import ArgumentParser
public import OrderUpdates
public import TransportCore

/// A subject, an issuer, an audience or another name on the command line, without any conversion.
extension Identity: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension Scope: ExpressibleByArgument {}
