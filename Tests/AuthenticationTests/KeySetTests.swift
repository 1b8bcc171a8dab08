import Authentication
import Foundation
import Glibc
import OrderUpdates
import Testing

@Suite struct KeySetTests {
    @Test("A set lists the names of its keys, sorted") func listsTheNames() throws {
        let text = TestKeys.set(TestKeys.rsaPublic, TestKeys.edwardsPublic, TestKeys.ellipticPublic, TestKeys.hmac)
        let set = try KeySet(jwks: Array(text.utf8), origin: "test")
        #expect(set.identifiers == ["edwards", "elliptic", "hmac", "rsa"])
    }

    /// Identity providers publish keys for encryption, and members of their own, in the same set.
    @Test("Keys that are not for signatures are passed over") func passesOverWhatIsNotForSignatures() throws {
        let text = TestKeys.set(
            #"{"kty":"RSA","kid":"a","use":"enc","alg":"RSA-OAEP","n":"AQAB","e":"AQAB"}"#,
            #"{"kty":"EC","kid":"b","key_ops":["deriveKey"],"crv":"P-521"}"#,
            TestKeys.edwardsPublic.replacing(
                "\"kty\"", with: "\"key_ops\":[\"verify\"],\"x5t\":\"x\",\"nbf\":1,\"kty\""))
        #expect(try KeySet(jwks: Array(text.utf8), origin: "test").identifiers == ["edwards"])
    }

    @Test(
        "A set that is none, whose names are not one each, or that has no key of use is refused with its place",
        arguments: [
            // The whole.
            ("", CredentialError.Code.malformed, "not JSON"),
            ("{", .malformed, "not JSON"),
            (#"{"keys":[],"keys":[\#(TestKeys.hmac)]}"#, .malformed, "a member's name stands twice"),
            (TestKeys.set(#"{"kty":"oct","kty":"OKP"}"#), .malformed, "a member's name stands twice"),
            ("[]", .malformed, "the whole is of the wrong type"),
            ("{}", .malformed, "keys is missing"),
            (#"{"keys":{}}"#, .malformed, "keys is of the wrong type"),
            (#"{"keys":[]}"#, .malformed, "no key for signatures"),
            (TestKeys.ellipticPublic, .malformed, "keys is missing"),
            // Not even an object: a set has keys, and nothing else (RFC 7517, section 5.1).
            (#"{"keys":[\#(TestKeys.hmac),1]}"#, .malformed, "keys[1] is of the wrong type"),
            (#"{"keys":[\#(TestKeys.hmac),null]}"#, .malformed, "keys[1] is of the wrong type"),
            // The only key.
            (#"{"keys":[{"kid":"a"}]}"#, .malformed, "keys[0]: kty is missing"),
            (TestKeys.set(#"{"kty":1}"#), .malformed, "keys[0]: kty is of the wrong type"),
            (TestKeys.set(#"{"kty":"EC","x":1}"#), .malformed, "keys[0]: x is of the wrong type"),
            // None of several, and what is wrong with each.
            (
                TestKeys.set(#"{"kty":"AKP","kid":"a"}"#, #"{"kty":"oct","kid":"b"}"#), .unsupported,
                #"has no key that can be used: keys[0]: the key type "AKP" is not supported: use EC with P-256 (ES256), "#
                    + "OKP with Ed25519 (EdDSA), RSA (RS256) or oct (HS256); keys[1]: k is missing"
            ),
            (
                #"{"keys":[\#(Array(repeating: #"{"kty":"oct"}"#, count: 7).joined(separator: ","))]}"#, .malformed,
                "keys[3]: k is missing, which a key of type oct needs; and 3 more"
            ),
            // Names.
            (TestKeys.set(TestKeys.hmac, TestKeys.hmac), .ambiguous, "keys[1]: kid is that of keys[0]"),
            (
                TestKeys.set(TestKeys.hmac, TestKeys.edwardsPublic.replacing(#""kid": "edwards", "#, with: "")),
                .ambiguous,
                "keys[1]: kid is missing"
            ),
            (TestKeys.set(#"{"kty":"OKP","kid":""}"#), .malformed, "keys[0]: kid is empty"),
            // Algorithms that a key's type does not decide.
            (TestKeys.set(#"{"kty":"AKP"}"#), .unsupported, #"keys[0]: the key type "AKP" is not supported: use EC"#),
            (TestKeys.set(#"{"kty":"ec"}"#), .unsupported, "is not supported"),
            (TestKeys.set(#"{"kty":"EC","crv":"P-384"}"#), .unsupported, #"the curve "P-384" is not supported"#),
            (TestKeys.set(#"{"kty":"EC"}"#), .unsupported, "crv) is missing"),
            (TestKeys.set(#"{"kty":"OKP","crv":"X25519"}"#), .unsupported, #"the curve "X25519" is not supported"#),
            (TestKeys.set(#"{"kty":"RSA","alg":"PS256"}"#), .unsupported, #"alg is "PS256", not RS256"#),
            (TestKeys.set(#"{"kty":"RSA","alg":"HS256"}"#), .unsupported, #"alg is "HS256", not RS256"#),
            (TestKeys.set(#"{"kty":"oct","alg":"none"}"#), .unsupported, #"alg is "none", not HS256"#),
            // Numbers.
            (TestKeys.set(#"{"kty":"oct"}"#), .malformed, "keys[0]: k is missing"),
            (TestKeys.set(#"{"kty":"oct","k":"c2hvcnQ"}"#), .unsupported, "k has 5 bytes and should have 32 to 1024"),
            (TestKeys.set(#"{"kty":"oct","k":"c2hvcnQ="}"#), .malformed, "k is not base64url without padding"),
            (TestKeys.set(#"{"kty":"EC","crv":"P-256","x":"AQAB"}"#), .unsupported, "x has 3 bytes and should have 32"),
            (TestKeys.set(TestKeys.ellipticPublic.replacing("f83O", with: "g83O")), .malformed, "not a key of type EC"),
            (TestKeys.set(#"{"kty":"RSA","e":"AQAB"}"#), .malformed, "n is missing"),
            (
                TestKeys.set(#"{"kty":"RSA","e":"AQAB","n":"\#(TestKeys.smallModulus)"}"#), .unsupported,
                "n has 128 bytes and should have 256 to 1024"
            ),
        ])
    func refuses(text: String, code: CredentialError.Code, message: String) throws {
        let error = #expect(throws: CredentialError.self) { try KeySet(jwks: Array(text.utf8), origin: "keys.jwks") }
        #expect(error?.code == code)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        #expect(error?.message.hasPrefix("keys.jwks") == true)
    }

    /// RFC 7517, section 5: a key that cannot be used is left out, and the others are used.
    @Test(
        "A set is used without the keys that cannot be used, and names each with the reason",
        arguments: [
            // Types, curves and algorithms that are not taken.
            (
                #"{"kty":"AKP","alg":"ML-DSA-65","kid":"pq","pub":"AAAA"}"#,
                #"(kid "pq"): the key type "AKP" is not sup"#
            ),
            (
                #"{"kty":"EC","crv":"P-384","kid":"x","x":"AQAB","y":"AQAB"}"#,
                #"(kid "x"): the curve "P-384" is not sup"#
            ),
            (#"{"kty":"OKP","crv":"X25519","kid":"x","x":"AQAB"}"#, #"the curve "X25519" is not supported"#),
            (#"{"kty":"oct","alg":"HS512","kid":"x","k":"AQAB"}"#, #"alg is "HS512", not HS256"#),
            (TestKeys.rsaPublic.replacing("RS256", with: "PS256"), #"(kid "rsa"): alg is "PS256", not RS256"#),
            // Sizes out of range, missing and malformed members.
            (#"{"kty":"oct","kid":"x","k":"c2hvcnQ"}"#, "k has 5 bytes and should have 32 to 1024"),
            (#"{"kty":"EC","crv":"P-256","kid":"x"}"#, "x is missing"),
            (TestKeys.ellipticPublic.replacing("f83O", with: "g83O"), "x and y are no point of P-256"),
            (#"{"kid":"x"}"#, "kty is missing"),
            (#"{"kty":"OKP","kid":"x","x":1}"#, "x is of the wrong type"),
            (#"{"kty":"OKP","kid":1}"#, "keys[1]: kid is of the wrong type"),
            (#"{"kty":"OKP","kid":""}"#, "kid is empty"),
            // Without a name, and under the name of a key that is used.
            (#"{"kty":"AKP"}"#, #"keys[1]: the key type "AKP""#),
            (#"{"kty":"AKP","kid":"hmac"}"#, #"(kid "hmac"): the key type "AKP""#),
            // A name is quoted, and cut.
            (#"{"kty":"AKP","kid":"a\nb"}"#, #"(kid "a\nb"): "#),
        ])
    func ignores(other: String, reason: String) throws {
        for keys in [[TestKeys.hmac, other, TestKeys.edwardsPublic], [TestKeys.hmac, other]] {
            let text = "{\"keys\":[\(keys.joined(separator: ","))]}"
            let set = try KeySet(jwks: Array(text.utf8), origin: "test")
            #expect(set.identifiers == (keys.count == 3 ? ["edwards", "hmac"] : ["hmac"]))
            let ignored = try #require(set.ignored.first)
            #expect(set.ignored.count == 1 && ignored.index == 1)
            #expect(ignored.description.contains(reason), "\(ignored)")
        }
    }

    @Test("A chain of certificates is not looked at, and a set may have as many keys as its bytes have room for")
    func takesChainsAndManyKeys() throws {
        let chain = TestKeys.rsaPublic.replacing("\"kty\"", with: "\"x5c\":[\"rubbish\",7],\"x5u\":1,\"kty\"")
        #expect(try KeySet(jwks: Array(TestKeys.set(chain).utf8), origin: "test").identifiers == ["rsa"])
        let many = (0..<2_000).map { TestKeys.hmac.replacing("\"hmac\"", with: "\"\($0)\"") }
        let set = try KeySet(jwks: Array("{\"keys\":[\(many.joined(separator: ","))]}".utf8), origin: "test")
        #expect(set.identifiers.count == 2_000 && set.ignored.isEmpty)
    }

    @Test("A token without a kid means the only key that can be used") func theSoleUsableKey() throws {
        let text = TestKeys.set(#"{"kty":"AKP","kid":"pq"}"#, TestKeys.hmac)
        let set = try KeySet(jwks: Array(text.utf8), origin: "test")
        let issuer = try TokenIssuer(jwks: TestKeys.set(TestKeys.hmac), origin: "test")
        let token = try issuer.sign(header: Array(#"{"alg":"HS256"}"#.utf8), payload: Array("{}".utf8))
        #expect(try CompactToken(Array(token.utf8), maximumBytes: 8192).verifiedPayload(by: set) == Array("{}".utf8))
    }

    @Test("A file of one's own that is to sign is refused for a key that cannot") func anIssuerIsStrict() throws {
        let other = TestKeys.elliptic.replacing("P-256", with: "P-384").replacing("elliptic", with: "other")
        let error = #expect(throws: CredentialError.self) {
            try TokenIssuer(jwks: TestKeys.set(TestKeys.elliptic, other), origin: "test")
        }
        #expect(error?.message.contains(#"keys[1]: the curve "P-384" is not supported"#) == true)
    }

    @Test("No error quotes a secret") func errorsQuoteNoSecret() throws {
        let secret = "c2VjcmV0LXRoYXQtaXMtdG9vLXNob3J0"
        for text in [
            TestKeys.set(#"{"kty":"oct","k":"\#(secret)"}"#), TestKeys.set(#"{"kty":"oct","k":"\#(secret)="}"#),
            #"{"keys":[{"kty":"oct","k":"\#(secret)"#,
        ] {
            let error = #expect(throws: CredentialError.self) { try KeySet(jwks: Array(text.utf8), origin: "test") }
            #expect(error?.message.contains(secret) == false)
        }
        let spoilt = TestKeys.set(TestKeys.elliptic.replacing("jpsQnn", with: "jpsQn"))
        let error = #expect(throws: CredentialError.self) { try TokenIssuer(jwks: spoilt, origin: "test") }
        #expect(error?.message.contains("BIffH1136cspYG6") == false)
    }

    @Test("A private part is not looked at where tokens are verified", arguments: ["c2hvcnQ", "c2hvcnQ="])
    func ignoresThePrivatePart(d: String) throws {
        let key = TestKeys.elliptic.replacing("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI", with: d)
        let set = try KeySet(jwks: Array(TestKeys.set(key).utf8), origin: "test")
        #expect(set.identifiers == ["elliptic"] && set.ignored.isEmpty)
        #expect(throws: CredentialError.self) { try TokenIssuer(jwks: TestKeys.set(key), origin: "test") }
    }

    @Test("A byte order mark is passed over") func takesAByteOrderMark() throws {
        let text = "\u{FEFF}" + TestKeys.set(TestKeys.hmac)
        #expect(try KeySet(jwks: Array(text.utf8), origin: "test").identifiers == ["hmac"])
    }

    @Test("Bytes that are not UTF-8 are refused, not repaired") func refusesOtherBytes() throws {
        let bytes = Array(#"{"keys":[{"kty":"oct","kid":""#.utf8) + [0xFF] + Array(#""}]}"#.utf8)
        let error = #expect(throws: CredentialError.self) { try KeySet(jwks: bytes, origin: "test") }
        #expect(error?.message.contains("the text is not UTF-8") == true, "\(error?.message ?? "")")
    }

    // MARK: Files

    @Test(
        "A file with secrets is its owner's alone",
        arguments: [
            // A secret that its owner alone may read, or may not even write.
            (TestKeys.elliptic, 0o600, true), (TestKeys.hmac, 0o600, true), (TestKeys.hmac, 0o400, true),
            (TestKeys.elliptic, 0o644, false), (TestKeys.elliptic, 0o640, false), (TestKeys.hmac, 0o604, false),
            (TestKeys.hmac, 0o620, false), (TestKeys.hmac, 0o601, false), (TestKeys.edwards, 0o660, false),
            (TestKeys.rsa, 0o644, false),
            // Public keys are for everyone.
            (TestKeys.ellipticPublic, 0o644, true), (TestKeys.rsaPublic, 0o666, true),
        ])
    func filesWithSecretsAreForTheirOwner(key: String, mode: Int, accepted: Bool) throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(TestKeys.set(key), to: "keys.jwks", mode: mode)
        if accepted {
            _ = try KeySet(from: .file(path))
        } else {
            let error = #expect(throws: CredentialError.self) { try KeySet(from: .file(path)) }
            #expect(error?.code == .permissions)
            #expect(error?.message.contains("chmod 600 \(path)") == true)
            #expect(throws: CredentialError.self) { try TokenIssuer(from: .file(path)) }
        }
    }

    /// A key for encryption, one of an unknown type, one that is malformed.
    @Test(
        "A file must be its owner's alone even if the secret in it is not used",
        arguments: [
            #"{"kty":"oct","kid":"b","use":"enc","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ"}"#,
            #"{"kty":"AKP","kid":"b","alg":"ML-DSA-65","pub":"AAAA","priv":"AAAA"}"#,
            #"{"kty":"EC","kid":"b","crv":"P-384","d":"AAAA"}"#, #"{"kty":"EC","kid":"b","d":1}"#,
        ])
    func aSecretThatIsNotUsedIsASecretToo(other: String) throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(TestKeys.set(TestKeys.ellipticPublic, other), to: "keys.jwks", mode: 0o644)
        let error = #expect(throws: CredentialError.self) { try KeySet(from: .file(path)) }
        #expect(error?.code == .permissions)
    }

    @Test("A path that leads to no regular file, or to one too large, is an error that names it")
    func whatIsNoFileIsSaid() throws {
        let directory = try TemporaryDirectory()
        let pipe = directory.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        let large = try directory.write(String(repeating: " ", count: 1024 * 1024 + 1), to: "large", mode: 0o600)
        for (path, code, message) in [
            (directory.file("none.jwks"), CredentialError.Code.unavailable, "check the path"),
            (directory.path, .unavailable, "not a regular file"),
            // Opening it must not wait for a writer.
            (pipe, .unavailable, "not a regular file"),
            (large, .malformed, "larger than 1048576 bytes"),
        ] {
            let error = #expect(throws: CredentialError.self) { try KeySet(from: .file(path)) }
            #expect(error?.code == code)
            #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
            #expect(error?.message.hasPrefix(path) == true)
        }
    }

    // MARK: Environment

    @Test("Keys are read from an environment variable, and an error names the variable") func readsAVariable() throws {
        let environment = ["KEYS": TestKeys.set(TestKeys.hmac), "BAD": "{", "EMPTY": ""]
        #expect(try KeySet(from: .environment("KEYS"), environment: environment).identifiers == ["hmac"])
        _ = try TokenIssuer(from: .environment("KEYS"), environment: environment)
        for (name, code, message) in [
            ("BAD", CredentialError.Code.malformed, "$BAD is not a JWKS file"),
            ("EMPTY", .unavailable, "variable EMPTY is not set"),
            ("ABSENT", .unavailable, "variable ABSENT is not set"),
        ] {
            let error = #expect(throws: CredentialError.self) {
                try KeySet(from: .environment(name), environment: environment)
            }
            #expect(error?.code == code)
            #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        }
    }
}
