import Compression

/// What one element of `Sec-WebSocket-Extensions` says of permessage-deflate (RFC 7692, section 7.1), as an offer or as the answer to one.
package struct DeflateParameters: Equatable {
    package var serverTakesOver = true
    package var clientTakesOver = true
    /// The base-2 logarithm of the server's window; nil where it is not named.
    package var serverWindowBits: Int?
    /// Whether the client's window is named, with or without a size.
    package var namesClientWindow = false

    /// What our client offers. It keeps nothing from one message to the next.
    package static let offer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

    /// Nil where it is another extension, or has a parameter that is unknown, stands twice or has a value that it must not have.
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

    /// A token, or one in quotation marks (RFC 6455, section 9.1).
    private static func value(_ text: ArraySlice<UInt8>) -> String {
        let mark = UInt8(ascii: "\"")
        let isQuoted = text.count >= 2 && text.first == mark && text.last == mark
        return String(decoding: isQuoted ? text.dropFirst().dropLast() : text, as: UTF8.self)
    }

    /// 8 to 15, without zeros in front.
    private static func windowBits(_ text: String) -> Int? {
        guard let bits = Int(text), (8...15).contains(bits), String(bits) == text else { return nil }
        return bits
    }

    // MARK: The server's side

    /// The first offer that our server can keep to: it refers back 2^12 bytes at most, and never to an earlier message.
    package static func taken(of offers: [ArraySlice<UInt8>]) -> Self? {
        offers.lazy.compactMap { Self($0) }.first { ($0.serverWindowBits ?? 15) >= MessageDeflater.windowBits }
    }

    /// What the server answers to an offer that it takes. A limit is confirmed where the client has set one (section 7.1.2.1).
    package var answer: String { Self.offer + (serverWindowBits == nil ? "" : "; " + Self.confirmedWindow) }

    static let confirmedWindow = "server_max_window_bits=\(MessageDeflater.windowBits)"

    // MARK: The client's side

    /// Whether it may answer `offer`: the server keeps nothing from one message to the next, and does not limit a window that was not
    /// offered to be limited (section 7.1.2.2).
    package var answersOffer: Bool { !serverTakesOver && !namesClientWindow }
}
