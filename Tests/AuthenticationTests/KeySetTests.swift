import Authentication
import Foundation
import Glibc
import Testing

@Suite struct KeySetTests {
    @Test func listsTheNames() async throws {
        let text = TestKeys.set(TestKeys.rsaPublic, TestKeys.edwardsPublic, TestKeys.ellipticPublic, TestKeys.hmac)
        #expect(try await KeySet(jwks: text, origin: "test").identifiers == ["edwards", "elliptic", "hmac", "rsa"])
    }

    /// Identity providers publish keys for encryption, and members of their own, in the same set.
    @Test func passesOverWhatIsNotForSignatures() async throws {
        let text = TestKeys.set(
            #"{"kty":"RSA","kid":"a","use":"enc","alg":"RSA-OAEP","n":"AQAB","e":"AQAB"}"#,
            #"{"kty":"EC","kid":"b","key_ops":["deriveKey"],"crv":"P-521"}"#,
            TestKeys.edwardsPublic.replacing(
                "\"kty\"", with: "\"key_ops\":[\"verify\"],\"x5t\":\"x\",\"nbf\":1,\"kty\""))
        #expect(try await KeySet(jwks: text, origin: "test").identifiers == ["edwards"])
    }

    @Test(arguments: [
        // The whole.
        ("", CredentialError.Code.malformed, "not JSON"),
        ("{", .malformed, "not JSON"),
        ("[]", .malformed, "the whole is of the wrong type"),
        ("{}", .malformed, "keys is missing"),
        (#"{"keys":{}}"#, .malformed, "keys is of the wrong type"),
        (#"{"keys":[]}"#, .malformed, "no key for signatures"),
        (TestKeys.ellipticPublic, .malformed, "keys is missing"),
        (#"{"keys":[\#(TestKeys.hmac),1]}"#, .malformed, "keys[1] is of the wrong type"),
        (#"{"keys":[{"kid":"a"}]}"#, .malformed, "keys[0].kty is missing"),
        (TestKeys.set(TestKeys.hmac, #"{"kty":"EC","x":1}"#), .malformed, "keys[1].x is of the wrong type"),
        // Names.
        (TestKeys.set(TestKeys.hmac, TestKeys.hmac), .ambiguous, "keys[1]: kid is that of keys[0]"),
        (TestKeys.set(TestKeys.hmac, #"{"kty":"OKP"}"#), .ambiguous, "keys[1]: kid is missing"),
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
    func refuses(text: String, code: CredentialError.Code, message: String) async throws {
        let error = await #expect(throws: CredentialError.self) { try await KeySet(jwks: text, origin: "keys.jwks") }
        #expect(error?.code == code)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        #expect(error?.message.hasPrefix("keys.jwks") == true)
    }

    @Test func errorsQuoteNoSecret() async throws {
        let secret = "c2VjcmV0LXRoYXQtaXMtdG9vLXNob3J0"
        for text in [
            TestKeys.set(#"{"kty":"oct","k":"\#(secret)"}"#), TestKeys.set(#"{"kty":"oct","k":"\#(secret)="}"#),
            TestKeys.set(TestKeys.elliptic.replacing("jpsQnn", with: "jpsQn")),
            #"{"keys":[{"kty":"oct","k":"\#(secret)"#,
        ] {
            let error = await #expect(throws: CredentialError.self) { try await KeySet(jwks: text, origin: "test") }
            #expect(error?.message.contains(secret) == false)
            #expect(error?.message.contains("BIffH1136cspYG6") == false)
        }
    }

    // MARK: Files

    @Test(arguments: [
        // A secret that its owner alone may read, or may not even write.
        (TestKeys.elliptic, 0o600, true), (TestKeys.hmac, 0o600, true), (TestKeys.hmac, 0o400, true),
        (TestKeys.elliptic, 0o644, false), (TestKeys.elliptic, 0o640, false), (TestKeys.hmac, 0o604, false),
        (TestKeys.hmac, 0o620, false), (TestKeys.hmac, 0o601, false), (TestKeys.edwards, 0o660, false),
        (TestKeys.rsa, 0o644, false),
        // Public keys are for everyone.
        (TestKeys.ellipticPublic, 0o644, true), (TestKeys.rsaPublic, 0o666, true),
    ])
    func filesWithSecretsAreForTheirOwner(key: String, mode: Int, accepted: Bool) async throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(TestKeys.set(key), to: "keys.jwks", mode: mode)
        if accepted {
            _ = try await KeySet(from: .file(path))
        } else {
            let error = await #expect(throws: CredentialError.self) { try await KeySet(from: .file(path)) }
            #expect(error?.code == .permissions)
            #expect(error?.message.contains("chmod 600 \(path)") == true)
            await #expect(throws: CredentialError.self) { try await TokenIssuer(from: .file(path)) }
        }
    }

    @Test func aSecretKeyForEncryptionIsASecretToo() async throws {
        let directory = try TemporaryDirectory()
        let other = #"{"kty":"oct","kid":"b","use":"enc","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ"}"#
        let path = try directory.write(TestKeys.set(TestKeys.ellipticPublic, other), to: "keys.jwks", mode: 0o644)
        let error = await #expect(throws: CredentialError.self) { try await KeySet(from: .file(path)) }
        #expect(error?.code == .permissions)
    }

    @Test func whatIsNoFileIsSaid() async throws {
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
            let error = await #expect(throws: CredentialError.self) { try await KeySet(from: .file(path)) }
            #expect(error?.code == code)
            #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
            #expect(error?.message.hasPrefix(path) == true)
        }
    }

    // MARK: Environment

    @Test func readsAVariable() async throws {
        let environment = ["KEYS": TestKeys.set(TestKeys.hmac), "BAD": "{", "EMPTY": ""]
        #expect(try await KeySet(from: .environment("KEYS"), environment: environment).identifiers == ["hmac"])
        _ = try await TokenIssuer(from: .environment("KEYS"), environment: environment)
        for (name, code, message) in [
            ("BAD", CredentialError.Code.malformed, "$BAD is not a JWKS file"),
            ("EMPTY", .unavailable, "variable EMPTY is not set"),
            ("ABSENT", .unavailable, "variable ABSENT is not set"),
        ] {
            let error = await #expect(throws: CredentialError.self) {
                try await KeySet(from: .environment(name), environment: environment)
            }
            #expect(error?.code == code)
            #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        }
    }
}
