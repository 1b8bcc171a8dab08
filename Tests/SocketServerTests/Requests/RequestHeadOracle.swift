// Compiled twice: with the tests, and alone with the parser for the fuzzer (Tests/Fuzz/head).
#if !FUZZING
    import LWS
#endif

/// What must hold of the parser of request heads for any bytes.
enum RequestHeadOracle {
    static let limit = 512

    /// What is wrong with how the parser judged the bytes; nil where nothing is.
    /// - Parameter cut: chooses where the bytes are cut: the verdict must not depend on it.
    static func fault(in bytes: [UInt8], cut: inout UInt64) -> String? {
        var whole = RequestHeadParser(limit: limit)
        let verdict = whole.parse(bytes)
        var pieces = RequestHeadParser(limit: limit)
        var count = 0
        while true {
            let grown = pieces.parse(Array(bytes[..<count]))
            if case .incomplete = grown, count < bytes.count {
                count = min(bytes.count, count + 1 + Int(next(&cut) % 24))
                continue
            }
            guard summary(grown) == summary(verdict) else {
                return "cut at \(count): \(summary(grown)), and whole: \(summary(verdict))"
            }
            break
        }
        guard case .accepted(let head, let end) = verdict else { return nil }
        if end > limit { return "a head of \(end) bytes" }
        if !bytes[..<end].reversed().starts(with: [0x0A, 0x0D, 0x0A, 0x0D]) { return "no empty line at \(end)" }
        if bytes[..<end].contains(0) || bytes[..<end].contains(0x7F) { return "a control character" }
        if head.path.isEmpty { return "no path" }
        if case .length(let length) = head.framing, length < 0 { return "a length of \(length)" }
        if head.framing != .none, head.opensWebSocket, head.framing != .length(0) { return "a WebSocket with a body" }
        // What is looked up must not trap.
        _ = [head.value("host"), head.value("a"), head.value("content-length")]
        _ = head.queries("order")
        return nil
    }

    static func summary(_ verdict: RequestHeadParser.Verdict) -> String {
        switch verdict {
        case .incomplete: "incomplete"
        case .rejected(let rejection): "\(rejection)"
        case .accepted(let head, let end):
            "\(end) \(head.method) \(head.path) \(head.host ?? "-") \(head.framing) \(head.expectsContinue) "
                + "\(head.closes) \(head.opensWebSocket) \(head.isHTTP10)"
        }
    }

    /// SplitMix64.
    static func next(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
