import Compression

/// One element of `Sec-WebSocket-Extensions` for permessage-deflate (RFC 7692, section 7.1), in an offer or in the
/// answer to one.
package struct DeflateParameters: Equatable {
    package var serverTakesOver = true
    package var clientTakesOver = true
    /// The base-2 logarithm of the server's window; nil where it is not limited.
    package var serverWindowBits: Int?
    /// Whether the parameter for the client's window is present, with or without a size.
    package var namesClientWindow = false

    /// The offer of our client, which keeps no context between messages.
    package static let offer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

    /// Nil for another extension, and for a parameter that is unknown, occurs twice or has an invalid value.
    package init?(_ element: ArraySlice<UInt8>) {
        var parameters = element.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map(\.trimmed)
        guard parameters.removeFirst().isNamed("permessage-deflate") else { return nil }
        var seen: Set<String> = []
        for parameter in parameters {
            let end = parameter.firstIndex(of: UInt8(ascii: "=")) ?? parameter.endIndex
            let name = String(decoding: parameter[..<end].trimmed, as: UTF8.self).lowercased()
            let value = end < parameter.endIndex ? Self.value(parameter[(end + 1)...].trimmed) : nil
            guard seen.insert(name).inserted else { return nil }
            switch (name, value) {
            case ("server_no_context_takeover", nil): serverTakesOver = false
            case ("client_no_context_takeover", nil): clientTakesOver = false
            case ("client_max_window_bits", nil): namesClientWindow = true
            case ("client_max_window_bits", let value?):
                guard Self.windowBits(value) != nil else { return nil }
                namesClientWindow = true
            case ("server_max_window_bits", let value?):
                guard let bits = Self.windowBits(value) else { return nil }
                serverWindowBits = bits
            default: return nil
            }
        }
    }

    /// A token, or a token in quotation marks (RFC 6455, section 9.1).
    private static func value(_ text: ArraySlice<UInt8>) -> String {
        let mark = UInt8(ascii: "\"")
        let isQuoted = text.count >= 2 && text.first == mark && text.last == mark
        return String(decoding: isQuoted ? text.dropFirst().dropLast() : text, as: UTF8.self)
    }

    /// 8 to 15, without leading zeros.
    private static func windowBits(_ text: String) -> Int? {
        guard let bits = Int(text), (8...15).contains(bits), String(bits) == text else { return nil }
        return bits
    }

    // MARK: The server's side

    /// The first offer that our server can satisfy. It refers back at most 2^12 bytes, and never to an earlier
    /// message.
    package static func taken(of offers: [ArraySlice<UInt8>]) -> Self? {
        offers.lazy.compactMap { Self($0) }.first { ($0.serverWindowBits ?? 15) >= MessageDeflater.windowBits }
    }

    /// The server's answer to an offer that it accepts. It confirms a limit that the client has set (section
    /// 7.1.2.1).
    package var answer: String { Self.offer + (serverWindowBits == nil ? "" : "; " + Self.confirmedWindow) }

    static let confirmedWindow = "server_max_window_bits=\(MessageDeflater.windowBits)"

    // MARK: The client's side

    /// Whether our client accepts it as the answer to `offer`: the server keeps no context between messages, and sets
    /// no limit for the client's window, which the offer did not allow (section 7.1.2.2).
    package var answersOffer: Bool { !serverTakesOver && !namesClientWindow }
}
