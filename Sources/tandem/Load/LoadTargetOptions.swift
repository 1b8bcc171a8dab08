import ArgumentParser
import Catalog
import ExperimentModel
import LWS
import LoadGeneration
import TransportCore

struct LoadTargetOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Scheme, host and port of a Tandem server.", valueName: "url")) var url: String?
    @Option(
        help: ArgumentHelp("The transport; `tandem list transports` shows them.", valueName: "name"),
        completion: .list(Catalog.transports.map(\.name.rawValue)))
    var transport = "sse"
    @Option(name: .customLong("protocol"), help: "The HTTP version: h1 or h2.") var protocolVersion = "h1"
    @Option(help: "What WebSockets offer the server for its messages: off or permessage-deflate.")
    var compression = MessageCompression.off
    @Option(help: ArgumentHelp("The server's port for HTTP/2 without TLS.", valueName: "port")) var h2cPort: Int?
    @Option(help: ArgumentHelp("PEM file of the authorities to trust.", valueName: "file")) var ca: String?
    @Option(
        help: ArgumentHelp(
            "HTTP proxy whose tunnels carry the connections; the environment's is not used.", valueName: "url"))
    var proxy: String?
    @Option(help: ArgumentHelp("What the subscribers present as a bearer token.", valueName: "token")) var token:
        String?
    @Option(help: ArgumentHelp("What the publisher presents; by default --token.", valueName: "token"))
    var publisherToken: String?

    func validate() throws {
        if let h2cPort { try OptionRange.check("--h2c-port", h2cPort, in: 1...65_535) }
    }

    func apply(to specification: inout LoadSpecification) throws {
        specification.protocolVersion = protocolVersion
        specification.compression = compression
        specification.target.h2cPort = h2cPort
        specification.target.trustedAuthorities = ca
        specification.target.proxy = try proxy.map { url in
            let address = try ServerAddress(url)
            guard !address.tls, address.path == "/" else {
                throw ValidationError("--proxy takes http://HOST:PORT: the way to the proxy itself is not encrypted")
            }
            return ProxyAddress(host: address.host, port: address.port)
        }
        specification.subscriberToken = token
        specification.publisherToken = publisherToken ?? token
        if let url {
            let address = try ServerAddress(url)
            guard address.path == "/" else {
                throw ValidationError(
                    "--url takes scheme, host and port of a Tandem server, and no path as '\(address.path)': a server that is not "
                        + "Tandem's is --target-url")
            }
            specification.target.host = address.host
            specification.target.port = address.port
            specification.target.tls = address.tls
        }
    }

    static func unknownTransport(_ name: String) -> String {
        let names = Catalog.transports.map(\.name.rawValue)
        let nearest = NearestName.of(name, among: names).map { "; did you mean '\($0)'?" } ?? ""
        return "no transport is called '\(name)'\(nearest) (valid here: \(names.joined(separator: ", ")))"
    }
}

/// The URL of a server that a load connects to.
struct ServerAddress {
    let url: HTTPURL
    var host: String { url.host }
    var port: Int { url.port }
    var tls: Bool { url.tls }
    /// With the query; `/` if the URL has no path.
    var path: String { url.path }

    init(_ text: String) throws {
        do {
            var parts = try HTTPURL(text)
            // Browsers resolve localhost to a loopback address without a resolver (WHATWG Secure Contexts, section
            // 3.1).
            if parts.host == "localhost" { parts.host = "127.0.0.1" }
            url = parts
        } catch {
            throw ValidationError("'\(text)' is no server's URL: \(error), as in http://127.0.0.1:8080")
        }
    }
}
