import Foundation
import SeededRandomness
import Testing
import TransportCore

/// The walk over one level of a JSON text, against Foundation's JSON.
@Suite struct JSONMembersTests {
    @Test("The members of an object are those that Foundation sees", arguments: 1...300 as ClosedRange<UInt64>)
    func findsMembers(_ seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var members: [String: Any] = [:]
        for _ in 0..<Int.random(in: 0...8, using: &generator) {
            members[Self.text(&generator)] = Self.value(&generator, depth: 0)
        }
        var options: JSONSerialization.WritingOptions = [.fragmentsAllowed]
        if Bool.random(using: &generator) { options.insert(.prettyPrinted) }
        let text = try JSONSerialization.data(withJSONObject: members, options: options)
        var found: [String: Any] = [:]
        let isObject = text.withUnsafeBytes { bytes in
            JSONMembers.members(of: bytes) { name, value in
                let parsed = try? JSONSerialization.jsonObject(with: Data(value), options: .fragmentsAllowed)
                found[JSONMembers.unescaped(name) ?? "?"] = parsed ?? "unreadable"
                if let string = parsed as? String { #expect(JSONMembers.string(value) == string) }
            }
        }
        #expect(isObject)
        #expect(
            NSDictionary(dictionary: found) == NSDictionary(dictionary: members),
            "\(String(decoding: text, as: UTF8.self))")
    }

    @Test("The elements of an array are those that Foundation sees", arguments: 1...100 as ClosedRange<UInt64>)
    func findsElements(_ seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let elements = (0..<Int.random(in: 0...6, using: &generator)).map { _ in Self.value(&generator, depth: 0) }
        let text = try JSONSerialization.data(withJSONObject: elements)
        var found: [Any] = []
        let isArray = text.withUnsafeBytes { bytes in
            JSONMembers.elements(of: bytes) {
                found.append((try? JSONSerialization.jsonObject(with: Data($0), options: .fragmentsAllowed)) ?? "?")
            }
        }
        #expect(isArray)
        #expect(NSArray(array: found) == NSArray(array: elements))
    }

    @Test("A text that is cut or broken is no trap, and cut it is no object", arguments: 1...300 as ClosedRange<UInt64>)
    func survivesDamage(_ seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let whole = Array(
            #" {"type":"order.update","id":"1f-7","data":{"a":[1,{"b":"}\\\""}],"c":null},"n":-1.5e3} "#.utf8)
        func isObject(_ bytes: [UInt8]) -> Bool {
            bytes.withUnsafeBytes { bytes in
                JSONMembers.members(of: bytes) { name, value in
                    // What is handed on lies within.
                    for piece in [name, value] where !piece.isEmpty {
                        #expect(piece.baseAddress! >= bytes.baseAddress!)
                        #expect(piece.baseAddress! + piece.count <= bytes.baseAddress! + bytes.count)
                    }
                }
            }
        }
        #expect(isObject(whole))
        let end = Int.random(in: 0..<whole.count - 2, using: &generator)
        #expect(!isObject(Array(whole[..<end])))
        var damaged = whole
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            damaged[Int.random(in: 0..<whole.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        }
        _ = isObject(damaged)
    }

    @Test(
        "What is no object is not taken for one",
        arguments: [
            "", " ", "{", "}", "[]", "null", "\"{}\"", "{} {}", "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}",
            "{\"a\":1 \"b\":2}",
            "{\"a\":[}]}", "{\"a\":{]}}", "{,}",
        ])
    func refuses(_ text: String) {
        var text = text
        #expect(!text.withUTF8 { JSONMembers.members(of: UnsafeRawBufferPointer($0)) { _, _ in } })
    }

    @Test("Nesting is bounded, and needs no stack")
    func boundsDepth() {
        func isObject(depth: Int) -> Bool {
            let text = "{\"a\":" + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
            return Array(text.utf8).withUnsafeBytes { JSONMembers.members(of: $0) { _, _ in } }
        }
        #expect(isObject(depth: 64))
        #expect(!isObject(depth: 65))
        #expect(!isObject(depth: 1_000_000))
    }

    @Test(
        "Escapes are undone",
        arguments: [
            (#"a\"b\\\/"#, "a\"b\\/"), (#"\b\f\n\r\t"#, "\u{8}\u{C}\n\r\t"), (#"\u00e9\uD83D\uDE00"#, "é😀"),
            (#"x\q"#, nil),
            (#"\u12"#, nil), (#"\"#, nil),
        ])
    func unescapes(_ text: String, _ expected: String?) {
        #expect(Array(text.utf8).withUnsafeBytes { JSONMembers.unescaped($0) } == expected)
    }

    private static func text(_ generator: inout SplitMix64) -> String {
        let letters = ["a", "b", "type", "\"", "\\", "\n", "é", "😀", "{", "}", "[", "]", ",", ":", " ", "\u{1}"]
        return (0..<Int.random(in: 0...6, using: &generator)).map { _ in letters.randomElement(using: &generator)! }
            .joined()
    }

    private static func value(_ generator: inout SplitMix64, depth: Int) -> Any {
        switch Int.random(in: 0...(depth < 3 ? 7 : 5), using: &generator) {
        case 0: return NSNull()
        case 1: return Bool.random(using: &generator)
        case 2: return Int.random(in: -1_000_000...1_000_000, using: &generator)
        case 3: return Double(Int.random(in: -1000...1000, using: &generator)) / 8
        case 4, 5: return text(&generator)
        case 6:
            return (0..<Int.random(in: 0...3, using: &generator)).map { _ in value(&generator, depth: depth + 1) }
        default:
            var members: [String: Any] = [:]
            for _ in 0..<Int.random(in: 0...3, using: &generator) {
                members[text(&generator)] = value(&generator, depth: depth + 1)
            }
            return members
        }
    }
}
