/// The name of a transport, as it stands in files and on the command line.
///
/// A struct, not an enumeration: a new transport adds a name without a change here.
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
