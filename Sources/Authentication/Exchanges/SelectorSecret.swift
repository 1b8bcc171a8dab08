import OrderUpdates
package import TransportCore

/// A random name in two halves: one finds an entry, the other proves the right to it.
///
/// The time of a look-up reveals something about what it compares. So look-ups compare only the public half. The
/// secret half is compared with that of the one entry that was found, in constant time.
package struct SelectorSecret {
    package let selector: Selector
    package let secret: [UInt8]

    private static let selectorBytes = 12
    private static let secretBytes = 24

    package static func random() -> Self {
        Self(selector: Selector(Base64URL.encode(randomBytes(selectorBytes))), secret: randomBytes(secretBytes))
    }

    private init(selector: Selector, secret: [UInt8]) {
        self.selector = selector
        self.secret = secret
    }

    /// Nil where `text` does not have this form.
    package init?(_ text: some StringProtocol) {
        // By bytes: each half fills whole letters of base64url.
        let selectorLetters = Self.selectorBytes * 4 / 3
        let bytes = Array(text.utf8)
        guard bytes.count == selectorLetters + Self.secretBytes * 4 / 3,
            let secret = Base64URL.decode(bytes[selectorLetters...]),
            Base64URL.decode(bytes[..<selectorLetters]) != nil
        else { return nil }
        self.init(selector: Selector(String(decoding: bytes[..<selectorLetters], as: UTF8.self)), secret: secret)
    }

    /// The text that the client gets.
    package var text: String { selector.description + Base64URL.encode(secret) }

    package func proves(_ other: [UInt8]) -> Bool { areEqualInConstantTime(secret, other) }
}

/// Compares secrets in a time that depends only on their lengths.
package func areEqualInConstantTime(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    guard a.count == b.count else { return false }
    var difference: UInt8 = 0
    for index in a.indices { difference |= a[index] ^ b[index] }
    return difference == 0
}
