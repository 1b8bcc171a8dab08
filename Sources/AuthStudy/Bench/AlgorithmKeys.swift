import FoundationEssentials
import Subprocess

/// A key of each algorithm that servers take, made with the `openssl` program: each is named as its algorithm.
public enum AlgorithmKeys {
    public static let names = ["ES256", "EdDSA", "RS256", "HS256"]

    /// The keys as members of a JWKS, with their private parts (RFC 7518, section 6; RFC 8037, section 2).
    public static func make() async throws -> [[String: String]] {
        let curve = try await openssl(["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-outform", "DER"])
        let edwards = try await openssl(["genpkey", "-algorithm", "ed25519", "-outform", "DER"])
        let edwardsPublic = try await openssl(["pkey", "-inform", "DER", "-pubout", "-outform", "DER"], input: edwards)
        let pem = try await openssl(["genrsa", "-traditional", "2048"])
        let rsa = try integers(try await openssl(["rsa", "-traditional", "-outform", "DER"], input: pem))
        let secret = try await openssl(["rand", "32"])
        // RFC 5915: version, 32 bytes of private key, parameters, and at the end the point, 4 || x || y.
        guard curve.count > 39 + 64, edwards.count >= 32, edwardsPublic.count >= 32, rsa.count >= 6 else {
            throw StudyError("openssl made keys of another form than was expected")
        }
        let point = curve.suffix(64)
        return [
            [
                "kid": "ES256", "kty": "EC", "crv": "P-256", "alg": "ES256", "d": base64URL(curve[7..<39]),
                "x": base64URL(point.prefix(32)), "y": base64URL(point.suffix(32)),
            ],
            [
                "kid": "EdDSA", "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "d": base64URL(edwards.suffix(32)),
                "x": base64URL(edwardsPublic.suffix(32)),
            ],
            [
                "kid": "RS256", "kty": "RSA", "alg": "RS256", "n": base64URL(rsa[1]), "e": base64URL(rsa[2]),
                "d": base64URL(rsa[3]), "p": base64URL(rsa[4]), "q": base64URL(rsa[5]),
            ],
            ["kid": "HS256", "kty": "oct", "alg": "HS256", "k": base64URL(secret)],
        ]
    }

    /// The integers of an RSA private key, without leading zeros (RFC 8017, appendix A.1.2).
    private static func integers(_ der: [UInt8]) throws -> [[UInt8]] {
        var place = 0
        func length() throws -> Int {
            guard place < der.count else { throw StudyError("openssl made an RSA key that ends early") }
            let first = Int(der[place])
            place += 1
            guard first >= 0x80 else { return first }
            var value = 0
            for _ in 0..<(first & 0x7F) where place < der.count {
                value = value << 8 | Int(der[place])
                place += 1
            }
            return value
        }
        place = 1
        _ = try length()
        var found: [[UInt8]] = []
        while place < der.count, der[place] == 0x02 {
            place += 1
            let count = try length()
            guard place + count <= der.count else { throw StudyError("openssl made an RSA key that ends early") }
            found.append(Array(der[place..<(place + count)].drop { $0 == 0 }))
            place += count
        }
        return found
    }

    private static func base64URL(_ bytes: some Collection<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private static func openssl(_ arguments: [String], input: [UInt8] = []) async throws -> [UInt8] {
        let result: ExecutionResult<Void, BytesOutput, StringOutput<UTF8>>
        do {
            result = try await Subprocess.run(
                .name("openssl"), arguments: Arguments(arguments), input: .array(input),
                output: .bytes(limit: 64 << 10),
                error: .string(limit: 64 << 10))
        } catch let error as SubprocessError where error.code == .executableNotFound {
            throw StudyError("openssl is not installed, so there are no keys to compare: install it (Debian: openssl)")
        }
        guard result.terminationStatus.isSuccess else {
            throw StudyError("openssl made no key: \(result.standardError.prefix(200))")
        }
        return result.standardOutput
    }
}
