import ArgumentParser

/// `host:port` on the command line; an IPv6 address is in brackets.
struct SocketName: ExpressibleByArgument, CustomStringConvertible, Sendable {
    var host: String
    var port: Int

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    var defaultValueDescription: String { description }

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Nil without a host, or without a port from 0 to 65535.
    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"),
            let port = Int(argument[argument.index(after: colon)...]), (0...65_535).contains(port)
        else { return nil }
        var host = argument[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        // Both are written to JSON without escapes.
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }) else {
            return nil
        }
        self.init(host: String(host), port: port)
    }
}
