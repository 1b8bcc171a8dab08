/// The text of a proxy's configuration. Its lines say which transport needs them.
///
/// A line that ends in `# for websocket` (or `# for sse, websocket`) is there for these transports only. Without it
/// they fail, or their updates are late; a test tries that for each line. The number of lines that a transport needs
/// is counted from the text, so that the two always agree.
public struct PathConfiguration: Hashable, Sendable {
    private static let marker = "# for "

    public let text: String

    public init(_ text: String) { self.text = text.hasSuffix("\n") ? text : text + "\n" }

    private var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// The lines that a transport needs.
    public func lines(for transport: String) -> [String] {
        lines.filter { Self.transports(of: $0).contains(transport) }.map(String.init)
    }

    public func settings(for transport: String) -> Int { lines(for: transport).count }

    /// The same configuration without one line.
    public func without(_ line: String) -> Self { Self(lines.filter { $0 != line }.joined(separator: "\n")) }

    private static func transports(of line: Substring) -> [String] {
        guard let range = line.firstRange(of: marker) else { return [] }
        return line[range.upperBound...].split(separator: ",").map {
            String($0.drop { $0 == " " }.prefix { $0 != " " })
        }
    }
}
