/// Keys that are published, or were made for these tests alone: they protect nothing.
enum TestKeys {
    /// RFC 7515, appendix A.1.
    static let hmac = """
        {"kty": "oct", "kid": "hmac", "alg": "HS256",
         "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}
        """
    /// RFC 7515, appendix A.3.
    static let elliptic = """
        {"kty": "EC", "kid": "elliptic", "crv": "P-256",
         "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
         "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}
        """
    static let ellipticPublic = """
        {"kty": "EC", "kid": "elliptic", "crv": "P-256", "alg": "ES256", "use": "sig",
         "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}
        """
    /// Another key of P-256 under the same name: RFC 7517, appendix A.2.
    static let ellipticImpostor = """
        {"kty": "EC", "kid": "elliptic", "crv": "P-256",
         "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
         "d": "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"}
        """
    /// RFC 8037, appendix A.1.
    static let edwards = """
        {"kty": "OKP", "kid": "edwards", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
         "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}
        """
    static let edwardsPublic = """
        {"kty": "OKP", "kid": "edwards", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
        """
    static let rsa = """
        {"kty": "RSA", "kid": "rsa", "e": "AQAB", "n": "\(rsaModulus)",
         "d": "\(rsaPrivateExponent)", "p": "\(rsaPrime1)", "q": "\(rsaPrime2)"}
        """
    static let rsaPublic = """
        {"kty": "RSA", "kid": "rsa", "alg": "RS256", "e": "AQAB", "n": "\(rsaModulus)"}
        """

    /// The text of a file with these keys.
    static func set(_ keys: String...) -> String { "{\"keys\": [\(keys.joined(separator: ",\n"))]}" }

    static let rsaModulus =
        "0sg8R-JH-V7oVEgZ5HPRRuRbkYckCok4J_rN3-MtBvD6qMyTAAEHPSrxpF5zkonb8UUgNJl6arE8qZtnifrRiGx9"
        + "kmznRH3LKLohiJXcMEPiHWtDa4zxKjGiGu97tKi_oclWGjbAmkdW6QhbOSFv4uDQmkoT5Dby4-Oy1pBgWIROzt2r"
        + "7zu6DV3nk9vq4Zu9n1isrCFZrj4G3XCKYtWYNxD0UxvXQm0zSTrRxwjr7o5fES8X3qt088c_1kqgjzNgmWzZJ6mo"
        + "9pz7Wa9VLP0b8T2NYKPOItL4Kb1BYcLd9PofTTwLQJ0pT_P9n4gYmPgYjn0g1KubY2eI_a-tzgu7AQ"

    static let rsaPrivateExponent =
        "A1F_L3OGxgyCNFd5PuE65XaRYXpi7R6JaYm3hYOOUSpoi9FCrDCX9FTRfpC1GZS9h3Aa6HEVHgphxdrKN8Ag3di1"
        + "ZmF8B5ZCZUb-4adYUtMyw1tNsasDnfIvluR3ylmQwMOKbTm48QTX_62vv_fAiu4WoqMxanmZ-8_5IAsgVSxivPMz"
        + "PPjkBUG9vkhKidNFCGfIuvnAocV2L7VudRtL4TBrKhLN1chjA4d2NVHiHdrgUAsUQYaeWWAM1KyBPWbuHlTaxSYV"
        + "fPWGpdTrpcKcg5JHCVFZ7ubymMT4jf7yocVdyEHMnDuLN8JtOO-pxcEiI72V4axmnjBGx6AOdJjQ1Q"

    static let rsaPrime1 =
        "9YRG5MNWuxt97MI9MFTAe9YiB6EoOppx88y6qv1IyL2XD8jLY8jM8P6l9GjN1Wfb8XRoe5ReitlLkZE0I0WhNL34"
        + "ZImXf6yw-JZTydaciDAxNws30J3d-_qebpDnJqUn-wpVlxbUCAMWMrCW5sbkDWVCk1M4ve6dpmVNALRwa30"

    static let rsaPrime2 =
        "28hHNUt_hAaXGAeEGZ0313v4Ba8cNDlNaysbMHYMmMRlpSWlhIMPxz5eGEoMVS4OoD_Ro8UXCnwk6TSRBWfMuRkO"
        + "0wbwUhgbn6xzjiVe9VhEsj1B_tI27H-ehqaNhqAmnTC0fXW8HbBzmdbXNs2yjtI0wO0_7X_69Yn5FIdlPNU"

    /// Of 1024 bits: too small.
    static let smallModulus =
        "pywhiuaKpmxzxJW9vsrl5QDN2xxcUqT7wCPz8UMvvdat_2Vbcchp2nL13H3p85MdvEQnOlmWSt5En2nxjWrbi7Q_"
        + "uB6YeLzD62ekDSCAigOyXXBctLonyWgNfb8swOuImC_JRUKU5J652_rlZt6qBGHf5tCFIYXgQv-G9XHfO3E"
}
