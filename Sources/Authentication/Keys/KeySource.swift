/// Where keys are kept.
public enum KeySource: Hashable, Sendable, CustomStringConvertible {
    /// The path of a JWKS file (RFC 7517, section 5).
    case file(String)
    /// The name of an environment variable that holds the text of such a file.
    case environment(String)

    /// The name of the source in errors.
    public var description: String {
        switch self {
        case .file(let path): path
        case .environment(let name): "$\(name)"
        }
    }
}
