import OrderUpdates

/// A name that equals another where names are compared as text, and not byte for byte (RFC 7519, section 2).
struct Lookalike {
    /// How the two differ.
    let difference: String
    /// The subject whose orders the attacker wants.
    let victim: Subject
    /// The subject of the attacker's credential.
    let attacker: Subject

    init(_ difference: String, _ victim: Subject, _ attacker: Subject) {
        self.difference = difference
        self.victim = victim
        self.attacker = attacker
    }

    static let all: [Self] = [
        // One character has the other's canonical decomposition (Unicode, chapter 3.7).
        Self("KELVIN SIGN for K", "Kate", "\u{212A}ate"),
        Self("ANGSTROM SIGN for Å", "\u{C5}sa", "\u{212B}sa"),
        Self("OHM SIGN for Omega", "\u{3A9}", "\u{2126}"),
        Self("an accent apart from its letter", "jos\u{E9}", "jose\u{301}"),
        Self("an accent joined to its letter", "andre\u{301}", "andr\u{E9}"),
        Self("a Hangul syllable in its parts", "\u{AC01}", "\u{1100}\u{1161}\u{11A8}"),
        Self("the parts of a Hangul syllable as one", "\u{1112}\u{1161}\u{11AB}", "\u{D55C}"),
        Self("two marks in the other order", "q\u{323}\u{307}", "q\u{307}\u{323}"),
        // Names that are equal under other rules, or that only look the same.
        Self("a ligature for its letters", "sofi", "so\u{FB01}"),
        Self("another case", "carol", "Carol"),
        Self("a zero-width space within", "mary", "ma\u{200B}ry"),
        Self("a zero-width joiner at the end", "nina", "nina\u{200D}"),
    ]

    /// The name of the attacker's certificate.
    var certificate: String {
        "lookalike-" + attacker.utf8.map { String($0, radix: 16) }.joined()
    }
}
