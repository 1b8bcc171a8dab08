import Authentication
import OrderUpdates
import Testing

@Suite struct SelectorSecretTests {
    @Test("A secret comes back from its text, which needs no escaping") func comesBackFromItsText() throws {
        let name = SelectorSecret.random()
        #expect(name.text.utf8.count == 48 && name.selector.utf8.count == 16)
        #expect(name.text.utf8.allSatisfy { Base64URL.decode([$0, 0x41]) != nil }, "it needs no escaping anywhere")
        let read = try #require(SelectorSecret(name.text))
        #expect(read.selector == name.selector && read.proves(name.secret) && name.proves(read.secret))
    }

    @Test("A secret with one bit changed, or of another length, proves nothing") func provesNothingElse() {
        let name = SelectorSecret.random()
        for index in name.secret.indices {
            for bit in 0..<8 {
                var other = name.secret
                other[index] ^= 1 << bit
                #expect(!name.proves(other))
            }
        }
        #expect(!name.proves([]) && !name.proves(Array(name.secret.dropLast())) && !name.proves(name.secret + [0]))
    }

    @Test("Random secrets differ in both halves") func differs() {
        let names = (0..<100).map { _ in SelectorSecret.random() }
        #expect(Set(names.map(\.selector)).count == 100 && Set(names.map(\.secret)).count == 100)
    }

    @Test("A text of another form is refused") func refusesOtherTexts() {
        let text = SelectorSecret.random().text
        for other in [
            "", String(text.dropLast()), text + "A", text + "=", "+" + text.dropFirst(), text.dropLast() + "/",
            " " + text.dropFirst(), text.dropLast() + "\n", "é" + text.dropFirst(2),
            String(repeating: "A", count: 4096),
        ] as [String] {
            #expect(SelectorSecret(other) == nil, "\(other)")
        }
    }

    @Test(
        "The comparison in constant time tells whether two byte strings are equal",
        arguments: [
            ([], [], true), ([1], [1], true), ([1], [2], false), ([1, 2], [1], false), ([], [0], false),
            ([0x80], [0x00], false), ([1, 2, 3], [3, 2, 1], false),
        ] as [([UInt8], [UInt8], Bool)])
    func compares(a: [UInt8], b: [UInt8], isEqual: Bool) {
        #expect(areEqualInConstantTime(a, b) == isEqual)
    }
}
