import SeededRandomness

/// Damages a JSON text in ways that an editor, a script or a disk would: numbers, types, members, ends, single bytes.
struct ResultMutator {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// What numbers become: the ends of what may be, so that a report is made of it, and next to nothing.
    private static let possible = [
        "0", "1", "2", "3", "0.5", "1e-9", "1e-300", "5e-324", "1e9", "99999999999", "100000000000", "1e11",
        "1000000000000000", "1e15", "-0.0",
    ]
    /// What no report can be made of: limits of types and beyond, signs, fractions.
    private static let impossible = [
        "-1", "-1e-9", "1.5", "1e18", "1e300", "1e400", "100000000001", "1000000000000001", "9007199254740993",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551615",
    ]
    /// What values become, whatever they were.
    private static let values = [
        "null", "true", "false", "\"\"", "\"x\"", "\"1\"", "[]", "{}", "[1]", "{\"a\":1}", "NaN", "-", "[[1,1]]",
        "[[2,1],[1,1]]",
    ]

    mutating func next(below bound: Int) -> Int { random.next(below: bound) }

    /// - Parameter text: one JSON value.
    mutating func damage(_ text: [UInt8]) -> [UInt8] {
        let places = JSONPlaces(text)
        guard let value = pick(places.values) else { return text }
        switch next(below: 24) {
        case 0..<12:
            guard let number = pick(places.numbers) else { return text }
            return replacing(number, in: text, by: pick(Self.possible) ?? "0")
        case 12..<16:
            guard let number = pick(places.numbers) else { return text }
            return replacing(number, in: text, by: pick(Self.impossible) ?? "0")
        case 16:
            guard let number = pick(places.numbers), let other = pick(places.numbers) else { return text }
            return replacing(number, in: text, by: String(decoding: text[other], as: UTF8.self))
        case 17: return replacing(value, in: text, by: pick(Self.values) ?? "null")
        case 18, 19:
            guard let member = pick(places.members) else { return text }
            return replacing(member, in: text, by: "")
        case 20:
            guard let member = pick(places.members) else { return text }
            let twice = String(decoding: text[member], as: UTF8.self)
            return replacing(member, in: text, by: twice.hasSuffix(",") ? twice + twice : twice + "," + twice)
        case 21: return Array(text.prefix(next(below: text.count)))
        case 22:
            return replacing(value, in: text, by: String(decoding: text[pick(places.values) ?? value], as: UTF8.self))
        default:
            var changed = text
            changed[next(below: text.count)] ^= 1 << UInt8(next(below: 8))
            return changed
        }
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element? {
        elements.isEmpty ? nil : elements[next(below: elements.count)]
    }

    private func replacing(_ range: Range<Int>, in text: [UInt8], by new: String) -> [UInt8] {
        Array(text[..<range.lowerBound]) + Array(new.utf8) + Array(text[range.upperBound...])
    }
}

/// Where the values of a well-formed JSON text stand.
private struct JSONPlaces {
    private(set) var values: [Range<Int>] = []
    private(set) var numbers: [Range<Int>] = []
    /// From the name to the value's end, with the comma that follows.
    private(set) var members: [Range<Int>] = []
    private let text: [UInt8]
    private var place = 0

    init(_ text: [UInt8]) {
        self.text = text
        readValue()
    }

    private mutating func skipSpace() {
        while place < text.count, [0x20, 0x0A, 0x0D, 0x09].contains(text[place]) { place += 1 }
    }

    private mutating func readString() {
        place += 1
        while place < text.count, text[place] != UInt8(ascii: "\"") {
            place += text[place] == UInt8(ascii: "\\") ? 2 : 1
        }
        place += 1
    }

    private mutating func readValue() {
        skipSpace()
        guard place < text.count else { return }
        let start = place
        switch text[place] {
        case UInt8(ascii: "{"): readList(to: UInt8(ascii: "}"), hasNames: true)
        case UInt8(ascii: "["): readList(to: UInt8(ascii: "]"), hasNames: false)
        case UInt8(ascii: "\""): readString()
        default:
            while place < text.count, !",]} \n".utf8.contains(text[place]) { place += 1 }
            if UInt8(ascii: "-") == text[start] || (0x30...0x39).contains(text[start]) { numbers.append(start..<place) }
        }
        values.append(start..<min(place, text.count))
    }

    private mutating func readList(to end: UInt8, hasNames: Bool) {
        place += 1
        skipSpace()
        while place < text.count, text[place] != end {
            let start = place
            if hasNames {
                readString()
                skipSpace()
                place += 1
            }
            readValue()
            skipSpace()
            if place < text.count, text[place] == UInt8(ascii: ",") { place += 1 }
            if hasNames { members.append(start..<min(place, text.count)) }
            skipSpace()
            // Text that was damaged before.
            if place == start { place += 1 }
        }
        place += 1
    }
}
