public import Authentication
import Clocks
import FoundationEssentials
import Glibc
public import TransportCore

/// The keys of a study: one that signs, and a second that is withdrawn while streams are open.
public struct StudyKeys: Sendable {
    /// The names of the keys.
    public static let main = "main"
    public static let second = "second"

    /// JWKS with the private parts, for issuing.
    public let secretPath: String
    /// JWKS that the server verifies with, and follows.
    public let servedPath: String
    public let issuer: TokenIssuer

    /// A token, and what names it.
    public struct Token: Hashable, Sendable {
        public var text: String
        public var id: String
        /// Seconds since 1970.
        public var expires: Int64
    }

    /// A file of keys: every member of the keys that we make is text.
    private struct KeyFile: Codable {
        var keys: [[String: String]]
    }

    /// Makes the files `keys.jwks` (mode 0600) and `keys.served.jwks` in a folder.
    /// - Parameter further: JWKS texts with private keys that are to be in both, by the name of the key.
    public static func create(in folder: String, further: [[String: String]] = []) async throws -> Self {
        var secret = KeyFile(keys: further)
        for name in [main, second] {
            let made = try DevelopmentKeys.create(at: "\(folder)/\(name).jwks")
            guard var key = try read(made.keyFile).keys.first else {
                throw StudyError("the development key in \(made.keyFile) is none")
            }
            key["kid"] = name
            secret.keys.append(key)
        }
        // The main key signs where none is named.
        secret.keys.reverse()
        secret.keys.swapAt(0, 1)
        let (secretPath, servedPath) = (folder + "/keys.jwks", folder + "/keys.served.jwks")
        try write(secret, to: secretPath)
        try write(KeyFile(keys: secret.keys.map(publicPart)), to: servedPath)
        return Self(
            secretPath: secretPath, servedPath: servedPath, issuer: try await TokenIssuer(from: .file(secretPath)))
    }

    /// Takes a key out of the file that the server follows.
    public func withdraw(_ name: String) throws {
        var served = try Self.read(servedPath)
        served.keys.removeAll { $0["kid"] == name }
        try Self.write(served, to: servedPath)
    }

    /// Puts every key back.
    public func restore() throws {
        let secret = try Self.read(secretPath)
        try Self.write(KeyFile(keys: secret.keys.map(Self.publicPart)), to: servedPath)
    }

    /// - Parameter expires: seconds since 1970; nil for an hour from now.
    public func token(
        _ subject: String = "alice", scopes: Set<Scope> = [.read], expires: Int64? = nil, key: String = main
    ) throws -> Token {
        struct Claims: Encodable {
            var iss: String?
            var aud: String?
            var sub: String
            var exp: Int64
            var iat: Int64
            var jti: String
            var scope: String
        }
        let now = MonotonicClock().unixNanoseconds / 1_000_000_000
        var generator = SystemRandomNumberGenerator()
        let claims = Claims(
            iss: TokenPolicy.development.issuer, aud: TokenPolicy.development.audience, sub: subject,
            exp: expires ?? now + 3_600, iat: now,
            jti: "study-" + String(UInt64.random(in: .min ... .max, using: &generator), radix: 16),
            scope: scopes.map(\.rawValue).sorted().joined(separator: " "))
        let text = try issuer.sign(payload: Array(JSONEncoder().encode(claims)), kid: key)
        return Token(text: text, id: claims.jti, expires: claims.exp)
    }

    private static func publicPart(_ key: [String: String]) -> [String: String] {
        key["kty"] == "oct" ? key : key.filter { !["d", "p", "q"].contains($0.key) }
    }

    private static func read(_ path: String) throws -> KeyFile {
        guard let data = FileManager.default.contents(atPath: path) else { throw StudyError("\(path) cannot be read") }
        return try JSONDecoder().decode(KeyFile.self, from: data)
    }

    /// Whole and at once: a server that follows the file never sees half of it.
    private static func write(_ keys: KeyFile, to path: String) throws {
        let draft = path + ".draft"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StudyError("\(draft) cannot be made: \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        let bytes = Array(try JSONEncoder().encode(keys))
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, rename(draft, path) == 0 else {
            throw StudyError("\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
    }
}
