import ArgumentParser
import Catalog
import ExperimentModel
import LoadGeneration
import TransportCore

struct LoadTargetOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Scheme, host and port of a Tandem server.", valueName: "url")) var url: String?
    @Option(
        help: ArgumentHelp("The transport; `tandem list transports` shows them.", valueName: "name"),
        completion: .list(Catalog.transports.map(\.name.rawValue)))
    var transport = "sse"
    @Option(name: .customLong("protocol"), help: "The HTTP version: h1 or h2.") var protocolVersion = "h1"
    @Option(help: ArgumentHelp("The server's port for HTTP/2 without TLS.", valueName: "port")) var h2cPort: Int?
    @Option(help: ArgumentHelp("PEM file of the authorities to trust.", valueName: "file")) var ca: String?
    @Option(help: ArgumentHelp("What the subscribers present as a bearer token.", valueName: "token")) var token:
        String?
    @Option(help: ArgumentHelp("What the publisher presents; by default --token.", valueName: "token"))
    var publisherToken: String?

    func validate() throws {
        if let h2cPort { try OptionRange.check("--h2c-port", h2cPort, in: 1...65_535) }
    }

    func apply(to specification: inout LoadSpecification) throws {
        specification.protocolVersion = protocolVersion
        specification.target.h2cPort = h2cPort
        specification.target.trustedAuthorities = ca
        specification.subscriberToken = token
        specification.publisherToken = publisherToken ?? token
        if let url {
            let address = try ServerAddress(url)
            specification.target.host = address.host
            specification.target.port = address.port
            specification.target.tls = address.tls
        }
    }

    static func unknownTransport(_ name: String) -> String {
        let names = Catalog.transports.map(\.name.rawValue)
        let nearest = NearestName.of(name, among: names).map { "did you mean '\($0)'? " } ?? ""
        return "no transport is called '\(name)': \(nearest)There are \(names.joined(separator: ", "))"
    }
}

/// Scheme, host, port and path of a URL, as far as a load needs them.
struct ServerAddress {
    var host: String
    var port: Int
    var tls: Bool
    /// With the query; `/` where the URL has none.
    var path: String

    init(_ url: String) throws {
        func wrong(_ why: String) -> ValidationError {
            ValidationError("'\(url)' is no server's URL: \(why), as in http://127.0.0.1:8080")
        }
        guard let scheme = url.range(of: "://") else { throw wrong("it needs a scheme") }
        switch url[..<scheme.lowerBound] {
        case "http", "ws": tls = false
        case "https", "wss": tls = true
        default: throw wrong("the scheme is http or https")
        }
        let rest = url[scheme.upperBound...]
        // RFC 3986, section 3.2: the authority ends at the path, the query or the fragment, whichever comes first.
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        let target = rest[end...].prefix { $0 != "#" }
        path = target.hasPrefix("/") ? String(target) : "/" + target
        let authority = rest[..<end]
        guard !authority.contains("@") else { throw wrong("a credential does not belong in it") }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, let name = parts.first, !name.isEmpty else { throw wrong("it needs one host") }
        host = name == "localhost" ? "127.0.0.1" : String(name)
        guard parts.count == 2 else {
            port = tls ? 443 : 80
            return
        }
        guard let number = Int(parts[1]), (1...65_535).contains(number) else { throw wrong("ports are 1 to 65535") }
        port = number
    }
}

extension StringProtocol {
    /// The first place of `text`; Foundation is not needed for that alone.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
