/// What a stream has in its connection's user pointer: its token and what is known of a WebSocket. Exchanges are
/// pointers, and even.
enum StreamTag {
    private static let isStream = 1
    private static let isWebSocket = 2
    private static let hasSentClose = 4
    private static let bits = 3

    static func pointer(_ token: Int, isWebSocket: Bool) -> UnsafeMutableRawPointer? {
        UnsafeMutableRawPointer(bitPattern: token << bits | (isWebSocket ? Self.isWebSocket : 0) | isStream)
    }

    static func token(_ word: Int) -> Int? { word & isStream != 0 ? word >> bits : nil }

    /// After libwebsockets has sent a close frame of its own.
    static func withSentClose(_ word: Int) -> UnsafeMutableRawPointer? {
        UnsafeMutableRawPointer(bitPattern: word | hasSentClose)
    }

    /// Whether it is a WebSocket for which libwebsockets has not sent a close frame of its own.
    static func isOpenWebSocket(_ word: Int) -> Bool {
        word & (isStream | isWebSocket | hasSentClose) == isStream | isWebSocket
    }

    /// What the watcher of an HTTP/1.1 stream's socket tells.
    static func watched(_ token: Int) -> UInt64 { UInt64(token << bits | isStream) }
}
