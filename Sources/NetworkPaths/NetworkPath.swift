/// What stands between client and server in a deployment: a real proxy with a configuration, or nothing.
///
/// A file under `Paths/`, and a line in `Catalog/Paths.swift`.
public protocol NetworkPath: Sendable {
    /// Lower-case letters, digits and hyphens: experiments name it.
    var name: String { get }
    /// What it is, in half a sentence, for lists and reports.
    var purpose: String { get }
    /// What is run; nil where nothing stands between.
    var program: ProxyProgram? { get }
    /// How many servers it spreads connections over.
    var targets: ClosedRange<Int> { get }

    func configuration(_ place: PathPlace) -> PathConfiguration
}

extension NetworkPath {
    public var targets: ClosedRange<Int> { 1...1 }

    /// Lines of the configuration that a transport needs beyond passing requests on.
    public func settings(for transport: String) -> Int { configuration(.example).settings(for: transport) }
}

/// Where a proxy listens, and what it passes on to.
public struct PathPlace: Hashable, Sendable {
    public var port: Int
    public var targets: [PathEndpoint]
    /// For its files.
    public var folder: String

    public init(port: Int, targets: [PathEndpoint], folder: String) {
        self.port = port
        self.targets = targets
        self.folder = folder
    }

    /// For showing a configuration, and for counting in it.
    public static let example = Self(
        port: 8080,
        targets: [PathEndpoint(host: "127.0.0.1", port: 8081), PathEndpoint(host: "127.0.0.1", port: 8082)],
        folder: "/tmp/path")
}

/// A TCP address of this host.
public struct PathEndpoint: Hashable, Sendable, CustomStringConvertible {
    public var host: String
    public var port: Int
    public var description: String { "\(host):\(port)" }

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}
