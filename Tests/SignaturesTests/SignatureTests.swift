import Signatures
import Testing

@Suite("Signatures with OpenSSL") struct SignatureTests {
    @Test("A signature of the standards is verified, again and again by one key", arguments: StandardKey.all)
    func verifies(key: StandardKey) throws {
        let verifying = try VerifyingKey(key.algorithm, key.verifying)
        for _ in 0..<3 { #expect(verifying.verify(key.signature, of: key.message[...])) }
        #expect(ErrorQueue.isEmpty)
    }

    @Test(
        "What is signed is verified, and is what the standard shows where it is deterministic",
        arguments: StandardKey.all)
    func signs(key: StandardKey) throws {
        let signing = try SigningKey(key.algorithm, key.members)
        let verifying = try VerifyingKey(key.algorithm, key.verifying)
        for _ in 0..<3 {
            let signature = try #require(signing.sign(key.message))
            #expect(signature.count == key.signature.count)
            #expect(verifying.verify(signature, of: key.message[...]))
            #expect(!key.isDeterministic || signature == key.signature)
        }
        #expect(ErrorQueue.isEmpty)
    }

    @Test("An RSA key signs the same without its primes") func signsWithoutPrimes() throws {
        let key = StandardKey.rs256
        let short = key.members.filter { ["n", "e", "d"].contains($0.key) }
        #expect(try SigningKey(.rs256, short).sign(key.message) == key.signature)
        // Two of five are none (RFC 7518, section 6.3.2).
        let partial = key.members.filter { ["n", "e", "d", "p", "q"].contains($0.key) }
        #expect(try SigningKey(.rs256, partial).sign(key.message) == key.signature)
    }

    @Test("A signature with any bit changed, cut or lengthened is refused", arguments: StandardKey.all)
    func refusesAltered(key: StandardKey) throws {
        let verifying = try VerifyingKey(key.algorithm, key.verifying)
        for index in key.signature.indices {
            var altered = key.signature
            altered[index] ^= 1 << UInt8(index % 8)
            #expect(!verifying.verify(altered, of: key.message[...]), "byte \(index)")
        }
        for count in 0..<key.signature.count {
            #expect(!verifying.verify(Array(key.signature[..<count]), of: key.message[...]), "\(count) bytes")
        }
        for more in [[0], [UInt8](repeating: 0, count: 64)] {
            #expect(!verifying.verify(key.signature + more, of: key.message[...]))
            #expect(!verifying.verify(more + key.signature, of: key.message[...]))
        }
        #expect(!verifying.verify(key.signature, of: key.message.dropLast()))
        #expect(!verifying.verify(key.signature, of: []))
        // A refusal leaves nothing behind: neither in the key, nor for whoever uses OpenSSL next on this thread.
        #expect(verifying.verify(key.signature, of: key.message[...]))
        #expect(ErrorQueue.isEmpty)
    }

    @Test("ES256 takes r and s alone: no DER, no zero, nothing beyond the order") func refusesOtherForms() throws {
        let key = StandardKey.es256
        let verifying = try VerifyingKey(.es256, key.verifying)
        let (r, s) = (Array(key.signature[..<32]), Array(key.signature[32...]))
        let zero = [UInt8](repeating: 0, count: 32)
        let order = StandardKey.bytes("_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE")
        // RFC 3279, section 2.2.3, cut to 64 bytes and whole.
        let der: [UInt8] = [0x30, 0x45, 0x02, 0x20] + r + [0x02, 0x21, 0x00] + s
        for signature in [
            zero + zero, zero + s, r + zero, order + s, r + order, order + order, der, Array(der.prefix(64)),
        ] {
            #expect(!verifying.verify(signature, of: key.message[...]), "\(signature)")
        }
        #expect(ErrorQueue.isEmpty)
    }

    @Test("A new key signs, and its numbers are 32 bytes each") func generates() throws {
        var seen: Set<[UInt8]> = []
        for _ in 0..<32 {
            let members = try SigningKey.newEllipticMembers()
            #expect(members.mapValues(\.count) == ["x": 32, "y": 32, "d": 32])
            _ = try SigningKey(.es256, members)
            seen.insert(try #require(members["d"]))
        }
        #expect(seen.count == 32)
        #expect(ErrorQueue.isEmpty)
    }

    @Test("Many threads verify and sign with one key at once", arguments: StandardKey.all)
    func isShared(key: StandardKey) async throws {
        let signing = try SigningKey(key.algorithm, key.members)
        let verifying = try VerifyingKey(key.algorithm, key.verifying)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for round in 0..<25 {
                        let message = Array("\(task) \(round)".utf8)
                        let signature = try #require(signing.sign(message))
                        #expect(verifying.verify(signature, of: message[...]))
                        #expect(!verifying.verify(signature, of: key.message[...]))
                        #expect(verifying.verify(key.signature, of: key.message[...]))
                    }
                    #expect(ErrorQueue.isEmpty)
                }
            }
            try await group.waitForAll()
        }
    }
}
