import Authentication
import OrderUpdates
import Testing

/// Signatures that others made.
@Suite struct KnownAnswerTests {
    /// RFC 7515, appendices A.1 and A.3: the payload.
    private static let joe = "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}"

    @Test(
        "The signed examples of RFC 7515 and RFC 8037 are verified",
        arguments: [
            // RFC 7515, appendix A.1.
            (
                TestKeys.hmac,
                "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
                    + ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
                    + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", joe
            ),
            // RFC 7515, appendix A.3.
            (
                TestKeys.ellipticPublic,
                "eyJhbGciOiJFUzI1NiJ9"
                    + ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
                    + ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q", joe
            ),
            // RFC 8037, appendix A.4.
            (
                TestKeys.edwardsPublic,
                "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
                    + ".hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
                "Example of Ed25519 signing"
            ),
        ])
    func payloadsOfStandards(key: String, token: String, payload: String) async throws {
        let keys = try KeySet(jwks: Array(TestKeys.set(key).utf8), origin: "test")
        let compact = try CompactToken(Array(token.utf8), maximumBytes: 8192)
        let verified = try compact.verifiedPayload(by: keys)
        #expect(String(decoding: verified, as: UTF8.self) == payload)
    }

    /// Ed25519 and HMAC are deterministic, so that what we sign must be what the standard shows.
    @Test("Our Ed25519 signature is the one that RFC 8037 shows") func signaturesOfStandards() async throws {
        let issuer = try TokenIssuer(jwks: TestKeys.set(TestKeys.edwards), origin: "test")
        let token = try issuer.sign(
            header: Array(#"{"alg":"EdDSA"}"#.utf8), payload: Array("Example of Ed25519 signing".utf8))
        #expect(
            token == "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
                + ".hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg")
    }
}
