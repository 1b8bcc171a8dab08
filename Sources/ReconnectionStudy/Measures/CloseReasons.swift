import TransportCore

/// What the codes of close reasons ask of a client.
enum CloseReasons {
    /// Whether a client is not to come back after the reason with this code.
    static func areFinal(_ code: UInt16?) -> Bool {
        guard let code else { return false }
        return CloseReason.all.first { $0.code == code }.map { !$0.reconnect } ?? false
    }
}
