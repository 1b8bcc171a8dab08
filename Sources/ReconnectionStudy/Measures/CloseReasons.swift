import TransportCore

/// What close codes ask of a client.
enum CloseReasons {
    /// Whether a client must not reconnect after this code.
    static func areFinal(_ code: UInt16?) -> Bool {
        guard let code else { return false }
        return CloseReason.all.first { $0.code == code }.map { !$0.reconnect } ?? false
    }
}
