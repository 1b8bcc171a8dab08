import Foundation
import OrderUpdates
import Testing
import TransportCore

@Suite struct IdentityTests {
    /// Equal as text, and two byte for byte.
    static let pairs = [
        ("K", "\u{212A}"), ("\u{C5}", "\u{212B}"), ("\u{C5}", "A\u{30A}"), ("\u{3A9}", "\u{2126}"),
        ("jos\u{E9}", "jose\u{301}"), ("\u{AC01}", "\u{1100}\u{1161}\u{11A8}"), ("q\u{323}\u{307}", "q\u{307}\u{323}"),
        (";", "\u{37E}"),
    ]

    @Test(
        "What is equal as text and not in its bytes is two identities: to ==, to sets, and in order", arguments: pairs)
    func comparesBytes(first: String, second: String) {
        #expect(first == second, "the pair is one of text")
        let (a, b) = (Subject(first), Subject(second))
        #expect(a != b && Set([a, b, Subject(first)]).count == 2 && [a: 1][b] == nil)
        #expect((a < b) != (b < a))
        #expect([a, b].contains(b) && ![a].contains(b))
        #expect(a.description.utf8.elementsEqual(first.utf8) && b.description.utf8.elementsEqual(second.utf8))
    }

    @Test("An identity is ordered by its bytes, and one that begins another comes first")
    func orders() {
        #expect((["b", "a", "", "ab", "\u{E9}", "Z"] as [Subject]).sorted() == ["", "Z", "a", "ab", "b", "\u{E9}"])
    }

    @Test("JSON keeps every byte of an identity, written raw or escaped")
    func isCoded() throws {
        let names = try JSONDecoder().decode([Subject].self, from: Data(#"["\u212aate", "jose\u0301", "K"]"#.utf8))
        #expect(names == ["\u{212A}ate", "jose\u{301}", "K"])
        let written = try JSONDecoder().decode([Subject].self, from: JSONEncoder().encode(names))
        #expect(written == names)
    }

    @Test("Two identities of which one is a part of a larger key do not run into each other")
    func hashesItsEnd() {
        struct Pair: Hashable {
            var a: Subject
            var b: Subject
        }
        let pairs: Set = [Pair(a: "ab", b: "c"), Pair(a: "a", b: "bc"), Pair(a: "abc", b: ""), Pair(a: "", b: "abc")]
        #expect(Set(pairs.map(\.hashValue)).count == 4)
    }
}
