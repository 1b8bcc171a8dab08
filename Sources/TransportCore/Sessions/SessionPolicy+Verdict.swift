import Clocks

extension SessionPolicy {
    enum Verdict {
        case stop(StopCause)
        /// - least: the minimum wait that the server asks for, in nanoseconds.
        /// - isUseless: the server's answer was final, and this client ignores it.
        case comeBack(least: Int64, isUseless: Bool)
    }

    /// What the session does when a connection or an attempt ends.
    func verdict(on cause: ClosedCause) -> Verdict {
        switch cause {
        case .byClient: return .stop(.byOwner)
        case .ended, .failed: return .comeBack(least: 0, isUseless: false)
        case .notAStream:
            return model == .eventSource || stopsWhenRefused
                ? .stop(.wrongContentType) : .comeBack(least: 0, isUseless: true)
        case .refused(let status, let retryAfter):
            if model == .eventSource || (Self.isFinal(status) && stopsWhenRefused) {
                return .stop(status == 204 ? .noContent : .refused(status: status))
            }
            let least = honoursRetryAfter ? Self.wait(retryAfter ?? 0, of: .seconds(1)) : 0
            return .comeBack(least: least, isUseless: Self.isFinal(status))
        case .reason(let reason):
            // For a browser the event `close` is like any other event, and the end of the connection that follows it
            // a reason to reconnect.
            if model == .eventSource { return .comeBack(least: 0, isUseless: !reason.reconnect) }
            if !reason.reconnect && stopsWhenRefused { return .stop(.reason(reason)) }
            let least = honoursCloseDelay ? Self.wait(reason.delayMilliseconds ?? 0, of: .milliseconds(1)) : 0
            return .comeBack(least: least, isUseless: !reason.reconnect)
        }
    }

    /// Whether asking again cannot help. That is every status except those of RFC 9110, section 15, that may pass:
    /// 408, 425 (RFC 8470), 429 (RFC 6585), and the server errors other than "not implemented" and "version not
    /// supported".
    static func isFinal(_ status: Int) -> Bool {
        switch status {
        case 408, 425, 429: false
        case 501, 505: true
        case 500...599: false
        default: true
        }
    }

    /// Nanoseconds, limited because the number comes from the peer.
    private static func wait(_ count: Int, of unit: Duration) -> Int64 {
        let longest = longestServerDelay.nanoseconds / unit.nanoseconds
        return min(max(0, Int64(count)), longest) * unit.nanoseconds
    }
}
