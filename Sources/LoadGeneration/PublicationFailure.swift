/// What became of updates whose publication was not accepted.
public enum PublicationFailure: Hashable, Sendable {
    /// The server answered that it did not publish them: they are owed to nobody.
    case refused
    /// No answer tells whether the server published them, as where the connection was cut: they stay owed.
    case unknown
}
