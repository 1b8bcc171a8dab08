import Clocks

extension SessionPolicy {
    enum Verdict {
        case stop(StopCause)
        /// - least: nanoseconds that the server wants to be left alone.
        /// - isUseless: the server's answer was final, and this client does not listen.
        case comeBack(least: Int64, isUseless: Bool)
    }

    /// What the end of a connection, or of an attempt, means to the session.
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
            // To a browser the event `close` is one like others, and the end that follows it a reason to come back.
            if model == .eventSource { return .comeBack(least: 0, isUseless: !reason.reconnect) }
            if !reason.reconnect && stopsWhenRefused { return .stop(.reason(reason)) }
            let least = honoursCloseDelay ? Self.wait(reason.delayMilliseconds ?? 0, of: .milliseconds(1)) : 0
            return .comeBack(least: least, isUseless: !reason.reconnect)
        }
    }

    /// Whether asking again cannot help: any status but those of RFC 9110, section 15, that speak of this moment only: 408, 425
    /// (RFC 8470), 429 (RFC 6585), and of a server's failure all but "not implemented" and "version not supported".
    static func isFinal(_ status: Int) -> Bool {
        switch status {
        case 408, 425, 429: false
        case 501, 505: true
        case 500...599: false
        default: true
        }
    }

    /// Nanoseconds, bounded: the number comes from the peer.
    private static func wait(_ count: Int, of unit: Duration) -> Int64 {
        let longest = longestServerDelay.nanoseconds / unit.nanoseconds
        return min(max(0, Int64(count)), longest) * unit.nanoseconds
    }
}
