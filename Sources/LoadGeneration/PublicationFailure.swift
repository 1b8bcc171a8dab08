/// Why updates were not accepted.
public enum PublicationFailure: Hashable, Sendable {
    /// The server answered that it did not publish them. They are not owed.
    case refused
    /// No answer says whether the server published them, for example because the connection was cut. They stay owed.
    case unknown
}
