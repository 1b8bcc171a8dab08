import Authentication
import Testing

@Suite struct Base64URLTests {
    @Test(
        "Base64url encodes and decodes the examples of RFC 4648",
        arguments: [
            // RFC 4648, section 10, without its padding.
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
            // The two letters that differ from plain base64.
            ("<<???>>", "PDw_Pz8-Pg"),
        ])
    func knownAnswers(text: String, encoded: String) {
        #expect(Base64URL.encode(text.utf8) == encoded)
        #expect(Base64URL.decode(encoded.utf8) == Array(text.utf8))
    }

    @Test(
        "Text that is not canonical base64url is refused",
        arguments: [
            "A",  // six bits are no byte
            "Zm9vY",  // likewise after whole bytes
            "Zg==",  // padding
            "PDw/Pz8+Pg",  // plain base64
            "Zm9 v", "Zm9v\n",  // white space
            "Zh",  // the low bits of the last letter are not zero: another spelling of "Zg"
            "Zm9",  // likewise with two bytes
            "Zm9é", "Zm9\u{0}",
        ])
    func refusesWhatIsNotCanonical(text: String) {
        #expect(Base64URL.decode(text.utf8) == nil)
    }

    @Test("Bytes come back from their encoding, whatever their values and their number")
    func everyByteSurvivesAtEveryLength() {
        let all = (0...255).map { UInt8($0) }
        for length in 0...all.count {
            let encoded = Base64URL.encode(all.suffix(length))
            #expect(Base64URL.decode(encoded.utf8) == Array(all.suffix(length)))
        }
    }
}
