import Testing
import TransportCore

@Suite("Strict JSON") struct StrictJSONTests {
    @Test(
        "Takes what RFC 8259 has",
        arguments: [
            "{}", "[]", "\"\"", "0", "-0", "10", "-1.5e-3", "1E+5", "true", "false", "null", " \t\r\n[ 1 , 2 ]\n",
            #"{"a":{"b":[1,{"c":null}]},"b":1}"#,
            // Every escape; a pair of surrogates; an escaped NUL, which is no NUL.
            #""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\u0000""#,
            "\"é☃😀\u{7F}\"",
            // One name in two objects, and names that differ in case or in how the same letter is composed.
            #"[{"a":1},{"a":2}]"#, #"{"a":{"a":1}}"#, #"{"a":1,"A":2}"#, "{\"\u{e9}\":1,\"e\u{301}\":2}",
            String(repeating: "[", count: 64) + String(repeating: "]", count: 64),
        ])
    func takes(_ text: String) {
        #expect(StrictJSON.fault(in: Array(text.utf8)) == nil)
    }

    @Test(
        "Names what no JSON is, and where",
        arguments: [
            ("", .empty, 0), (" \n", .empty, 2), ("\u{FEFF}{}", .byteOrderMark, 0),
            ("tru", .value, 0), ("True", .value, 0), ("NaN", .value, 0), ("+1", .value, 0), (".5", .value, 0),
            ("'a'", .value, 0), ("[1,]", .value, 3), ("[,1]", .value, 1), ("[[", .value, 2), ("/**/1", .value, 0),
            (#"{"a":}"#, .value, 5),
            ("01", .number, 0), ("-", .number, 0), ("-01", .number, 0), ("1.", .number, 0), ("[1e]", .number, 1),
            ("0x10", .remainder, 1), ("1 2", .remainder, 2), ("{}{}", .remainder, 2), ("null,", .remainder, 4),
            ("\"a\tb\"", .controlCharacter, 2), ("\"a\nb\"", .controlCharacter, 2), ("\"\0\"", .controlCharacter, 1),
            // A NUL is UTF-8, and no part of JSON.
            ("{}\0", .remainder, 2), ("{}\0\0", .remainder, 2), ("{\"a\":\0}", .value, 5), ("\0", .value, 0),
            (#""\q""#, .escape, 1), (#""\u12g4""#, .escape, 1), (#""\u12"#, .escape, 1), (#""\"#, .escape, 1),
            (#""\ud83d""#, .escape, 1), (#""\ude00""#, .escape, 1), (#""\ud83d\ud83d""#, .escape, 1),
            (#""\ud83dx""#, .escape, 1),
            ("\"abc", .openString, 4),
            (#"{"a":1,}"#, .name, 7), ("{a:1}", .name, 1), ("{1:1}", .name, 1), ("{,}", .name, 1),
            (#"{"a" 1}"#, .colon, 5), (#"{"a"}"#, .colon, 4),
            ("[1 2]", .separator, 3), (#"{"a":1"#, .separator, 6), ("[1}", .separator, 2),
            // A name that stands twice, however it is written and however deep.
            (#"{"a":1,"a":1}"#, .repeatedName, 7), (#"{"a":1,"\u0061":2}"#, .repeatedName, 7),
            (#"{"x":[{"b":1,"b":2}]}"#, .repeatedName, 13), ("{\"\":1,\"\":2}", .repeatedName, 6),
            ("{\"😀\":1,\"\\ud83d\\ude00\":2}", .repeatedName, 10), (#"{"/":1,"\/":2}"#, .repeatedName, 7),
            (String(repeating: "[", count: 65) + String(repeating: "]", count: 65), .depth, 64),
        ] as [(String, StrictJSON.Fault.Reason, Int)])
    func refuses(_ text: String, _ reason: StrictJSON.Fault.Reason, _ offset: Int) {
        let fault = StrictJSON.fault(in: Array(text.utf8))
        #expect(fault?.reason == reason && fault?.offset == offset, "\(fault?.description ?? "no fault")")
    }

    @Test(
        "Reads UTF-8 alone",
        arguments: [
            Array("{\"a\":1}".utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] },
            Array("{\"a\":1}".utf16).flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] },
            [0xFF, 0xFE] + Array("{}".utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] },
            Array("{}".unicodeScalars).flatMap { [0, 0, 0, UInt8($0.value)] },
            // Latin-1, an overlong form, half a pair of surrogates, a character beyond Unicode, a cut one.
            [0x22, 0xE9, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0xE2, 0x98],
        ] as [[UInt8]])
    func readsUTF8(_ text: [UInt8]) {
        #expect(StrictJSON.fault(in: text)?.reason == .notUTF8)
    }

    @Test("Ends on any bytes, and takes none that a cut leaves") func survivesCuts() {
        let text = Array(#" {"a":[1,-2.5e+3,true,null,"\ud83d\ude00é"],"b":{"\u0063":""}} "#.utf8)
        #expect(StrictJSON.fault(in: text) == nil)
        // Without the white space at its end the text is whole.
        for end in 0..<text.count - 1 { #expect(StrictJSON.fault(in: Array(text[..<end])) != nil, "\(end)") }
        for index in text.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = text
                changed[index] = byte
                if let fault = StrictJSON.fault(in: changed) { #expect((0...text.count).contains(fault.offset)) }
            }
        }
    }
}
