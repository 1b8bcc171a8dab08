/// The part of a deployment between client and server: a real proxy with a configuration, or nothing.
///
/// A path is a file in `Paths/`, and a line in `Catalog/Paths.swift`.
public protocol NetworkPath: Sendable {
    /// The name in experiments: lower-case letters, digits and hyphens.
    var name: String { get }
    /// A description in half a sentence, for lists and reports.
    var purpose: String { get }
    /// The proxy's program; nil where there is no proxy.
    var program: ProxyProgram? { get }
    /// How many servers it distributes connections over.
    var targets: ClosedRange<Int> { get }

    func configuration(_ place: PathPlace) -> PathConfiguration
}

extension NetworkPath {
    public var targets: ClosedRange<Int> { 1...1 }

    /// How many lines of the configuration a transport needs in addition to those that pass requests on.
    public func settings(for transport: String) -> Int { configuration(.example).settings(for: transport) }
}

/// The address that a proxy listens on, and the servers that it passes requests to.
public struct PathPlace: Hashable, Sendable {
    public var port: Int
    public var targets: [PathEndpoint]
    /// The folder for its files.
    public var folder: String

    public init(port: Int, targets: [PathEndpoint], folder: String) {
        self.port = port
        self.targets = targets
        self.folder = folder
    }

    /// An example, to show a configuration or to count its lines.
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
