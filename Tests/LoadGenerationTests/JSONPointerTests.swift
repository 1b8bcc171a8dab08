import LoadGeneration
import SeededRandomness
import Testing

@Suite struct JSONPointerTests {
    private func find(_ pointer: String, in json: String) throws -> String? {
        let bytes = Array(json.utf8)
        let pointer = try JSONPointer(pointer)
        return bytes.withUnsafeBytes { pointer.find(in: $0) }.map { String(decoding: bytes[$0.bytes], as: UTF8.self) }
    }

    /// The examples of RFC 6901, section 5, and what servers send.
    @Test(
        "A pointer finds the value that RFC 6901 says",
        arguments: [
            ("/foo/0", "bar"),
            ("/", "0"),
            ("/a~1b", "1"),
            ("/c%d", "2"),
            ("/k\"l", "6"),  // written with an escape in the text (RFC 8259, section 8.3)
            ("/at", "9"),
            ("/\u{212A}", nil),  // KELVIN SIGN is no K, whatever Unicode holds for equivalent
            ("/ ", "7"),
            ("/m~0n", "8"),
            ("/foo/2", nil),
            ("/foo/00", nil),  // no leading zeros
            ("/foo/-", nil),
            ("/missing", nil),
            ("/deep/list/1/at", "12.5"),
            ("/deep/list/0", "true"),
        ] as [(String, String?)])
    func finds(pointer: String, expected: String?) throws {
        let json = #"""
            {"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "k\"l": 6, "\u0061t": 9, "\u004B": 10, " ": 7, "m~n": 8,
             "deep": {"x": {"at": "no"}, "list": [true, {"at": 12.5, "y": [[], {}]}]}}
            """#
        #expect(try find(pointer, in: json) == expected)
    }

    @Test("The empty pointer finds the whole text") func theWholeText() throws {
        #expect(try find("", in: " [1, 2] ") == "[1, 2]")
        #expect(try find("", in: #""text""#) == "text")
    }

    @Test("A pointer that does not begin with a slash is refused") func aPointerBeginsWithASlash() {
        #expect(throws: LoadError.self) { try JSONPointer("timestamp") }
    }

    @Test("Damaged text gives a range of its bytes or nothing", arguments: 0..<50)
    func survivesDamage(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let whole = Array(#"{"a":{"b":[1,"x\"y",{"t":"2026"},null]},"c":"d"}"#.utf8)
        let pointers = try ["/a/b/2/t", "/a/b/3", "/c", "/a", ""].map { try JSONPointer($0) }
        for _ in 0..<200 {
            var bytes = Array(whole.prefix(generator.next(below: whole.count + 1)))
            for _ in 0..<generator.next(below: 4) where !bytes.isEmpty {
                bytes[generator.next(below: bytes.count)] = UInt8(truncatingIfNeeded: generator.next())
            }
            for pointer in pointers {
                if let value = bytes.withUnsafeBytes({ pointer.find(in: $0) }) {
                    #expect(value.bytes.upperBound <= bytes.count, "seed \(seed)")
                }
            }
        }
    }

    @Test("Text that is nested too deeply gives nothing") func deepNestingIsRefusedNotFollowed() throws {
        let json = String(repeating: "[", count: 100_000)
        #expect(try find("/1", in: json) == nil)
    }
}
