public import TransportCore

extension ClosedCause {
    /// The cause in words, for people.
    public var explanation: String {
        switch self {
        case .reason(let reason) where reason.name.isEmpty: "the server closed it: \(reason.code), without a reason"
        case .reason(let reason): "the server closed it: \(reason.name) (\(reason.code))"
        case .refused(let status, nil): "the server refused it with status \(status)"
        case .refused(let status, let seconds?):
            "the server refused it with status \(status), to be tried again after \(seconds) s"
        case .notAStream(let type): "the answer is '\(type)' and no text/event-stream"
        case .ended: "it ended without a word"
        case .failed(let text): text
        case .byClient: "it was closed here"
        }
    }
}
