import FoundationEssentials
import Glibc
public import OrderUpdates
public import Signatures

/// A key for development and measuring. It is written to a JWKS file that only its owner may read and, for ES256, to
/// a second file with the public half for servers.
public struct DevelopmentKeys: Hashable, Sendable {
    /// The file that tokens are issued with; for HS256 they are verified with it, too.
    public let keyFile: String
    /// The file that tokens are verified with; nil for HS256, which has no public half.
    public let publicKeyFile: String?
    /// The key's name.
    public let kid: KeyID

    /// Makes the files. Never replaces one.
    /// - Parameters:
    ///   - path: the file with the secret; the public file's name has `.public` before its extension.
    ///   - algorithm: ES256 or HS256.
    /// - Throws: `CredentialError` where a file exists or cannot be written, or for another algorithm.
    public static func create(
        at path: String, algorithm: SignatureAlgorithm = .es256
    ) throws(CredentialError) -> DevelopmentKeys {
        let kid = KeyID("development-\(Base64URL.encode(randomBytes(9)))")
        let key = JSONWebKey(algorithm, kid: kid, try numbers(algorithm))
        try KeyFile.create(path, mode: 0o600, encoded(key))
        guard let publicPart = key.publicPart else {
            return DevelopmentKeys(keyFile: path, publicKeyFile: nil, kid: kid)
        }
        let publicPath = publicPath(path)
        do throws(CredentialError) {
            try KeyFile.create(publicPath, mode: 0o644, encoded(publicPart))
        } catch {
            unlink(path)
            throw error
        }
        return DevelopmentKeys(keyFile: path, publicKeyFile: publicPath, kid: kid)
    }

    /// The path of the public file beside a secret one: `keys.public.jwks` for `keys.jwks`.
    public static func publicPath(_ path: String) -> String {
        let name = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        guard let dot = path[name...].lastIndex(of: "."), dot > name else { return path + ".public" }
        return path[..<dot] + ".public" + path[dot...]
    }

    private static func numbers(_ algorithm: SignatureAlgorithm) throws(CredentialError) -> KeyMembers {
        switch algorithm {
        case .es256:
            do {
                return try SigningKey.newEllipticMembers()
            } catch {
                throw CredentialError(.unavailable, error.message)
            }
        case .hs256: return ["k": randomBytes(32)]
        case .rs256, .eddsa:
            throw CredentialError(
                .unsupported,
                "development keys are ES256 or HS256: bring a key for \(algorithm.rawValue) from elsewhere")
        }
    }

    private static func encoded(_ key: JSONWebKey) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(JSONWebKeySet(keys: [key])) else {
            preconditionFailure("a key of strings is always encodable")
        }
        return json + [UInt8(ascii: "\n")]
    }
}
