/// Why a session does not reconnect.
public enum StopCause: Hashable, Sendable, CustomStringConvertible {
    /// The owner stopped it, or closed its connection.
    case byOwner
    /// 204, by which a server tells an `EventSource` to stop (WHATWG HTML, section 9.2.1).
    case noContent
    /// A status that does not change by asking again.
    case refused(status: Int)
    /// A 200 that is no event stream.
    case wrongContentType
    /// The server closed with a reason that says not to reconnect.
    indirect case reason(CloseReason)
    /// The position is lost, and the strategy is replay only. The loss was declared.
    case positionLost
    /// `SessionPolicy.retryBudget` is spent.
    case retriesExhausted
    /// `SessionPolicy.giveUpAfter` has passed.
    case gaveUp

    /// The text in files: `refused-401`, `reason-forbidden`.
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
