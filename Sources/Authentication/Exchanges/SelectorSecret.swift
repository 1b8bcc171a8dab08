import OrderUpdates
package import TransportCore

/// A random name in two halves: one that finds an entry, one that proves the right to it.
///
/// A look-up's time tells of what it compares. It only ever compares the public half; the secret one is compared with the one
/// entry that was found, in constant time.
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

    /// Nil where `text` has not the form of one.
    package init?(_ text: some StringProtocol) {
        // By bytes: both halves have whole letters of base64url.
        let selectorLetters = Self.selectorBytes * 4 / 3
        let bytes = Array(text.utf8)
        guard bytes.count == selectorLetters + Self.secretBytes * 4 / 3,
            let secret = Base64URL.decode(bytes[selectorLetters...]),
            Base64URL.decode(bytes[..<selectorLetters]) != nil
        else { return nil }
        self.init(selector: Selector(String(decoding: bytes[..<selectorLetters], as: UTF8.self)), secret: secret)
    }

    /// What the client is given.
    package var text: String { selector.description + Base64URL.encode(secret) }

    package func proves(_ other: [UInt8]) -> Bool { areEqualInConstantTime(secret, other) }
}

/// Compares secrets: the time depends on the lengths alone.
package func areEqualInConstantTime(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    guard a.count == b.count else { return false }
    var difference: UInt8 = 0
    for index in a.indices { difference |= a[index] ^ b[index] }
    return difference == 0
}
