/// The name of a transport in files and on the command line.
///
/// It is a struct and not an enumeration, so that a new transport can add its name elsewhere.
public struct TransportName: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public var description: String { rawValue }

    public static let sse = Self(rawValue: "sse")
    public static let websocket = Self(rawValue: "websocket")
    public static let polling = Self(rawValue: "polling")
    public static let longPolling = Self(rawValue: "long-polling")
    public static let inProcess = Self(rawValue: "in-process")
}

/// The HTTP version that carries a transport.
public enum ProtocolVersion: String, Hashable, Sendable, CaseIterable {
    case h1
    case h2
}
