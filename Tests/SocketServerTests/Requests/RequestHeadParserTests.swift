import Foundation
import LWS
import Testing

@Suite struct RequestHeadParserTests {
    @Test("each rule refuses its samples, whatever else is in order")
    func rules() {
        for (rule, heads) in RequestHeadSamples.refused {
            for head in heads {
                guard case .rejected(let rejection) = Self.judge(head) else {
                    Issue.record("\(rule): \(head.debugDescription) is \(RequestHeadOracle.summary(Self.judge(head)))")
                    continue
                }
                #expect(rejection.rule == rule, "\(head.debugDescription)")
            }
        }
    }

    @Test("every rule of a head has samples")
    func everyRuleHasSamples() {
        let covered = RequestHeadSamples.refused.map(\.rule)
        #expect(covered + Self.elsewhere == RequestRule.allCases)
    }

    /// What is not seen in a head of HTTP/1.1: `ChunkedBodyTests`, and rows of Tests/Field for HTTP/2.
    private static let elsewhere: [RequestRule] = [
        .chunk, .chunkedLength, .chunkedBodies, .pseudoHeader, .connectionField, .authority, .bodyLength, .streams,
    ]

    /// The rows of the table of rules in Docs/Protocol.md: rule, section and status.
    @Test("the table in Docs/Protocol.md has each rule with its section and its status, and no other")
    func table() throws {
        let text = try String(contentsOf: Self.root.appending(path: "Docs/Protocol.md"), encoding: .utf8)
        let section = try #require(text.components(separatedBy: "## What a request is refused for").dropFirst().first)
        let rows = section.components(separatedBy: "\n## ")[0].split(separator: "\n").filter { $0.hasPrefix("| `") }.map
        {
            $0.split(separator: "|").prefix(3).map { $0.trimmingCharacters(in: .whitespaces) }
        }
        #expect(rows == RequestRule.allCases.map { ["`\($0.rawValue)`", $0.section, "\($0.status)"] })
    }

    @Test("what fuzzing has found is judged alike under every cut")
    func corpus() throws {
        let folder = Self.root.appending(path: "Tests/Fuzz/head")
        var count = 0
        var seed: UInt64 = 1
        for name in ["corpus", "crashes"] {
            let files = try FileManager.default.contentsOfDirectory(
                at: folder.appending(path: name), includingPropertiesForKeys: nil, options: .skipsHiddenFiles)
            for file in files {
                let bytes = Array(try Data(contentsOf: file))
                for _ in 0..<4 {
                    let fault = RequestHeadOracle.fault(in: bytes, cut: &seed)
                    #expect(fault == nil, "\(file.lastPathComponent): \(fault ?? "")")
                }
                count += 1
            }
        }
        #expect(count > 100, "the corpus is committed")
    }

    private static let root = URL(filePath: #filePath).appending(path: "../../../..").standardized

    @Test("heads that the rules allow are understood")
    func served() {
        for (head, summary) in RequestHeadSamples.served {
            #expect(
                RequestHeadOracle.summary(Self.judge(head)) == "\(head.utf8.count) \(summary)",
                "\(head.debugDescription)")
        }
    }

    @Test("a verdict is the same wherever the bytes are cut")
    func cuts() {
        var seed: UInt64 = 9
        for head in Self.samples {
            // What follows is not looked at, but comes with it.
            let bytes = Array((head + "GET /x HTTP/1.1\r\n").utf8)
            let whole = RequestHeadOracle.summary(Self.judge(bytes))
            for cut in 0...bytes.count {
                var parser = RequestHeadParser(limit: RequestHeadOracle.limit)
                var verdict = parser.parse(Array(bytes[..<cut]))
                if case .incomplete = verdict { verdict = parser.parse(bytes) }
                #expect(RequestHeadOracle.summary(verdict) == whole, "\(head.debugDescription) cut at \(cut)")
            }
            for _ in 0..<4 {
                #expect(RequestHeadOracle.fault(in: bytes, cut: &seed) == nil, "\(head.debugDescription)")
            }
        }
    }

    @Test("mutated heads never trap, and are judged alike under every cut")
    func mutations() {
        var seed: UInt64 = 20_261_129
        let samples = Self.samples.map { Array($0.utf8) }
        let bytes: [UInt8] = [0, 9, 10, 13, 32, 35, 37, 43, 44, 45, 48, 58, 59, 61, 65, 97, 127, 128, 255]
        for _ in 0..<5_000 {
            var head = samples[Int(RequestHeadOracle.next(&seed) % UInt64(samples.count))]
            for _ in 0...(RequestHeadOracle.next(&seed) % 4) {
                let place = Int(RequestHeadOracle.next(&seed) % UInt64(head.count + 1))
                let byte = bytes[Int(RequestHeadOracle.next(&seed) % UInt64(bytes.count))]
                switch RequestHeadOracle.next(&seed) % 3 {
                case 0: head.insert(byte, at: place)
                case 1 where place < head.count: head[place] = byte
                case 2 where place < head.count: head.remove(at: place)
                default: head += head.suffix(place)
                }
            }
            let fault = RequestHeadOracle.fault(in: head, cut: &seed)
            #expect(fault == nil, "\(fault ?? ""): \(String(decoding: head, as: UTF8.self).debugDescription)")
        }
    }

    @Test("values are those of all fields of a name, without the white space around them")
    func values() throws {
        let text =
            "GET /?order=a%2fb&x&order=c+d&=e&ORDER=f&order HTTP/1.1\r\nHost: a\r\nX-A: \t1 2 \r\nx-a:3\r\nX-B:\r\n\r\n"
        guard case .accepted(let head, _) = Self.judge(text) else { return #expect(Bool(false)) }
        #expect(head.value("x-a") == "1 2, 3")
        #expect(head.values("x-a") == ["1 2", "3"])
        #expect(head.value("x-b") == nil && head.values("x-b") == [""] && head.value("x-c") == nil)
        #expect(head.queries("order") == ["a/b", "c d"])
    }

    static let samples = RequestHeadSamples.refused.flatMap(\.heads) + RequestHeadSamples.served.map(\.head)

    private static func judge(_ head: String) -> RequestHeadParser.Verdict { judge(Array(head.utf8)) }

    private static func judge(_ head: [UInt8]) -> RequestHeadParser.Verdict {
        var parser = RequestHeadParser(limit: RequestHeadOracle.limit)
        return parser.parse(head)
    }
}
