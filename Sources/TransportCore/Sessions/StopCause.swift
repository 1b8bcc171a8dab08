/// Why a session does not come back.
public enum StopCause: Hashable, Sendable, CustomStringConvertible {
    /// The owner stopped it, or closed its connection.
    case byOwner
    /// 204, by which a server tells an `EventSource` to stop (WHATWG HTML, section 9.2.1).
    case noContent
    /// A status that asking again does not change.
    case refused(status: Int)
    /// 200, and no event stream.
    case wrongContentType
    /// The server closed, and said not to come back.
    indirect case reason(CloseReason)
    /// The strategy is to replay alone, and the position is gone: a loss that was declared.
    case positionLost
    /// `SessionPolicy.retryBudget` is spent.
    case retriesExhausted
    /// `SessionPolicy.giveUpAfter` has passed.
    case gaveUp

    /// A word for files: `refused-401`, `reason-forbidden`.
    public var description: String {
        switch self {
        case .byOwner: "by-owner"
        case .noContent: "no-content"
        case .refused(let status): "refused-\(status)"
        case .wrongContentType: "wrong-content-type"
        case .reason(let reason): "reason-\(reason.name)"
        case .positionLost: "position-lost"
        case .retriesExhausted: "retries-exhausted"
        case .gaveUp: "gave-up"
        }
    }
}
