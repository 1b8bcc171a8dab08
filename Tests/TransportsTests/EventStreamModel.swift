/// The algorithm of WHATWG HTML, section 9.2.6, word for word and over the whole stream at once: slow, and plainly right.
enum EventStreamModel {
    static func outcome(of bytes: [UInt8]) -> StreamOutcome {
        var rest = bytes[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        var outcome = StreamOutcome()
        var (data, type, idBuffer) = ([UInt8](), [UInt8](), [UInt8]())
        while let line = takeLine(&rest) {
            guard !line.isEmpty else {
                outcome.lastEventID = String(decoding: idBuffer, as: UTF8.self)
                if !data.isEmpty {
                    outcome.events.append(
                        StreamOutcome.Event(
                            type: type.isEmpty ? "message" : String(decoding: type, as: UTF8.self),
                            data: String(decoding: data.dropLast(), as: UTF8.self), lastEventId: outcome.lastEventID))
                }
                (data, type) = ([], [])
                continue
            }
            let colon = line.firstIndex(of: 0x3A)
            let name = String(decoding: line[..<(colon ?? line.endIndex)], as: UTF8.self)
            var value = colon.map { line[($0 + 1)...] } ?? []
            if colon == line.startIndex {
                outcome.comments.append(String(decoding: value, as: UTF8.self))
                continue
            }
            if value.first == 0x20 { value = value.dropFirst() }
            switch name {
            case "event": type = Array(value)
            case "data": data += value + [0x0A]
            case "id": if !value.contains(0) { idBuffer = Array(value) }
            case "retry":
                if !value.isEmpty, value.allSatisfy({ (0x30...0x39).contains($0) }) {
                    outcome.retry = Int(String(decoding: value, as: UTF8.self)) ?? .max
                }
            default: break
            }
        }
        return outcome
    }

    /// The next line that an end of line closes.
    private static func takeLine(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let end = rest.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else { return nil }
        let line = rest[..<end]
        let isPair = rest[end] == 0x0D && end + 1 < rest.endIndex && rest[end + 1] == 0x0A
        rest = rest[(end + (isPair ? 2 : 1))...]
        return line
    }
}
