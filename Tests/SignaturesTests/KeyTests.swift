import Signatures
import Testing

@Suite("Keys for signatures") struct KeyTests {
    private static func changed(_ key: StandardKey, _ name: String, _ value: [UInt8]?) -> KeyMembers {
        var members = key.members
        members[name] = value
        return members
    }

    private static func ones(_ count: Int) -> [UInt8] { [UInt8](repeating: 0xFF, count: count) }
    private static let empty: [UInt8] = []

    @Test(
        "A malformed key is an error that names the member",
        arguments: [
            (SignatureAlgorithm.hs256, changed(.hs256, "k", nil), KeyError.Code.malformed, "k is missing"),
            (.hs256, changed(.hs256, "k", ones(31)), .unsupported, "k has 31 bytes and should have 32 to 1024"),
            (.hs256, changed(.hs256, "k", ones(1025)), .unsupported, "k has 1025 bytes"),
            (.es256, changed(.es256, "x", nil), .malformed, "x is missing, which a key of type EC needs"),
            (.es256, changed(.es256, "y", nil), .malformed, "y is missing"),
            (.es256, changed(.es256, "x", ones(31)), .unsupported, "x has 31 bytes and should have 32"),
            (.es256, changed(.es256, "y", ones(33)), .unsupported, "y has 33 bytes and should have 32"),
            // Off the curve; beyond the field; the point at infinity has no such form.
            (.es256, changed(.es256, "x", StandardKey.es256.members["y"]), .malformed, "x and y are no point of P-256"),
            (.es256, changed(.es256, "x", ones(32)), .malformed, "x and y are no point of P-256"),
            (.es256, changed(.es256, "y", [UInt8](repeating: 0, count: 32)), .malformed, "no point of P-256"),
            (.eddsa, changed(.eddsa, "x", nil), .malformed, "x is missing, which a key of type OKP needs"),
            (.eddsa, changed(.eddsa, "x", ones(31)), .unsupported, "x has 31 bytes and should have 32"),
            (.rs256, changed(.rs256, "n", nil), .malformed, "n is missing, which a key of type RSA needs"),
            (.rs256, changed(.rs256, "e", nil), .malformed, "e is missing"),
            (.rs256, changed(.rs256, "e", empty), .unsupported, "e has 0 bytes and should have 1 to 8"),
            (.rs256, changed(.rs256, "n", ones(255)), .unsupported, "n has 255 bytes and should have 256 to 1024"),
            (.rs256, changed(.rs256, "n", ones(1025)), .unsupported, "n has 1025 bytes"),
            // 256 bytes, of which one or one bit is nothing: less than 2048 bits.
            (.rs256, changed(.rs256, "n", [0] + ones(255)), .unsupported, "n has 2040 bits and should have 2048"),
            (.rs256, changed(.rs256, "n", [0x7F] + ones(255)), .unsupported, "n has 2047 bits"),
            (.rs256, changed(.rs256, "n", ones(255) + [0xFE]), .malformed, "n is even"),
            // With e = 1 a signature is its own message.
            (.rs256, changed(.rs256, "e", [1]), .malformed, "e is even, below 3 or above 33 bits"),
            (.rs256, changed(.rs256, "e", [0]), .malformed, "e is even"),
            (.rs256, changed(.rs256, "e", [1, 0, 0]), .malformed, "e is even"),
            (.rs256, changed(.rs256, "e", [2, 0, 0, 0, 1]), .malformed, "above 33 bits"),
            (.rs256, changed(.rs256, "e", ones(8)), .malformed, "above 33 bits"),
        ] as [(SignatureAlgorithm, KeyMembers, KeyError.Code, String)])
    func refuses(algorithm: SignatureAlgorithm, members: KeyMembers, code: KeyError.Code, message: String) throws {
        let error = #expect(throws: KeyError.self) { try VerifyingKey(algorithm, members) }
        #expect(error?.code == code)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        #expect(throws: KeyError.self) { try SigningKey(algorithm, members) }
        #expect(ErrorQueue.isEmpty)
    }

    @Test(
        "A malformed private member is an error where the key signs, and not looked at where it verifies",
        arguments: [
            (StandardKey.es256, "d", ones(31), "d has 31 bytes and should have 32"),
            (.eddsa, "d", ones(64), "d has 64 bytes and should have 32"),
            (.rs256, "d", empty, "d has 0 bytes and should have 1 to 1024"),
            (.rs256, "qi", ones(1025), "qi has 1025 bytes and should have 1 to 1024"),
        ] as [(StandardKey, String, [UInt8], String)])
    func judgesPrivateMembersWhereTheySign(key: StandardKey, name: String, value: [UInt8], message: String) throws {
        let members = Self.changed(key, name, value)
        #expect(try VerifyingKey(key.algorithm, members).verify(key.signature, of: key.message[...]))
        let error = #expect(throws: KeyError.self) { try SigningKey(key.algorithm, members) }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        #expect(ErrorQueue.isEmpty)
    }

    @Test(
        "An exponent of 3 and leading zeros are taken",
        arguments: [[3], [0, 3], [0, 0, 1, 0, 1], [1, 0xFF, 0xFF, 0xFF, 0xFF]])
    func takesExponents(exponent: [UInt8]) throws {
        _ = try VerifyingKey(.rs256, Self.changed(.rs256, "e", exponent))
    }

    @Test("A modulus with a leading zero is the same key") func takesALeadingZero() throws {
        let key = StandardKey.rs256
        let modulus = try #require(key.members["n"])
        let verifying = try VerifyingKey(.rs256, Self.changed(key, "n", [0] + modulus))
        #expect(verifying.verify(key.signature, of: key.message[...]))
    }

    @Test("A public key does not sign", arguments: [StandardKey.es256, .eddsa, .rs256])
    func publicKeysDoNotSign(key: StandardKey) throws {
        let error = #expect(throws: KeyError.self) { try SigningKey(key.algorithm, key.verifying) }
        #expect(error?.message.contains("d is missing, which a key that signs needs") == true)
    }

    @Test("The halves of two keys are no key") func refusesHalves() throws {
        let other = try SigningKey.newEllipticMembers()
        for members in [
            Self.changed(.es256, "d", other["d"]), Self.changed(.es256, "d", [UInt8](repeating: 0, count: 32)),
            Self.changed(.es256, "d", Self.ones(32)),
        ] {
            #expect(throws: KeyError.self) { try SigningKey(.es256, members) }
        }
        #expect(throws: KeyError.self) { try SigningKey(.eddsa, Self.changed(.eddsa, "d", Self.ones(32))) }
        // With its primes an RSA key does without d.
        let short = StandardKey.rs256.members.filter { ["n", "e"].contains($0.key) }
        let wrong = short.merging(["d": StandardKey.rs256.members["n"] ?? []]) { $1 }
        #expect(throws: KeyError.self) { try SigningKey(.rs256, wrong) }
        #expect(ErrorQueue.isEmpty)
    }
}
