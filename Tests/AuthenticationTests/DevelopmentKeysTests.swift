import Authentication
import Foundation
import OrderUpdates
import Signatures
import Testing
import TransportCore

@Suite struct DevelopmentKeysTests {
    @Test("A new key pair goes into a private and a public file, and either verifies its tokens")
    func makesAPairThatServerAndIssuerShare() async throws {
        let directory = try TemporaryDirectory()
        let made = try DevelopmentKeys.create(at: directory.file("keys.jwks"))
        #expect(made.keyFile == directory.file("keys.jwks"))
        let publicFile = try #require(made.publicKeyFile)
        #expect(publicFile == directory.file("keys.public.jwks"))
        #expect(try directory.mode(of: made.keyFile) == 0o600)
        #expect(try directory.mode(of: publicFile) == 0o644)
        #expect(try String(contentsOfFile: publicFile, encoding: .utf8).contains("\"d\"") == false)

        let issuer = try TokenIssuer(from: .file(made.keyFile))
        let token = try issuer.issue(subject: "alice", scopes: [.read], lifetime: .seconds(3_600), kid: made.kid)
        for file in [made.keyFile, publicFile] {
            let keys = try KeySet(from: .file(file))
            #expect(keys.identifiers == [made.kid])
            let scheme = BearerScheme(TokenVerifier(keys: keys, policy: .development))
            let principal = try scheme.authenticate(Handshake(authorization: "Bearer \(token)"))
            #expect(principal.subject == "alice")
            #expect(principal.scopes == [.read])
        }
    }

    @Test("A shared secret goes into one file, which only its owner may read")
    func aSharedSecretHasNoPublicFile() async throws {
        let directory = try TemporaryDirectory()
        let made = try DevelopmentKeys.create(at: directory.file("keys.jwks"), algorithm: .hs256)
        #expect(made.publicKeyFile == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["keys.jwks"])
        #expect(try directory.mode(of: made.keyFile) == 0o600)
        let token = try TokenIssuer(from: .file(made.keyFile)).issue(
            subject: "alice", scopes: [], lifetime: .seconds(3_600))
        let scheme = BearerScheme(
            TokenVerifier(keys: try KeySet(from: .file(made.keyFile)), policy: .development))
        #expect(try scheme.authenticate(Handshake(authorization: "Bearer \(token)")).subject == "alice")
    }

    @Test("Each new key pair has a name and a secret of its own") func keysDiffer() throws {
        let directory = try TemporaryDirectory()
        let made = try (0..<8).map { try DevelopmentKeys.create(at: directory.file("\($0).jwks")) }
        #expect(Set(made.map(\.kid)).count == 8)
        let contents = try made.map { try String(contentsOfFile: $0.keyFile, encoding: .utf8) }
        let secrets = contents.compactMap { $0.firstMatch(of: /"d" : "([^"]{43})"/)?.output.1 }
        #expect(Set(secrets).count == 8)
    }

    @Test("A file that exists is not replaced, and no secret is left behind") func replacesNothing() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("mine", to: "keys.jwks", mode: 0o600)
        let error = #expect(throws: CredentialError.self) { try DevelopmentKeys.create(at: path) }
        #expect(error?.code == .exists)
        #expect(error?.message.hasPrefix(path) == true)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")

        // Nor the public one; and then no secret is left behind.
        let other = try directory.write("mine", to: "other.public.jwks", mode: 0o644)
        #expect(throws: CredentialError.self) { try DevelopmentKeys.create(at: directory.file("other.jwks")) }
        #expect(try String(contentsOfFile: other, encoding: .utf8) == "mine")
        #expect(!FileManager.default.fileExists(atPath: directory.file("other.jwks")))
    }

    @Test("A missing directory or an unsupported algorithm is an error, and nothing is written")
    func saysWhatIsMissing() throws {
        let directory = try TemporaryDirectory()
        let error = #expect(throws: CredentialError.self) {
            try DevelopmentKeys.create(at: directory.file("none/keys.jwks"))
        }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("its directory exists") == true)
        let unsupported = #expect(throws: CredentialError.self) {
            try DevelopmentKeys.create(at: directory.file("keys.jwks"), algorithm: .rs256)
        }
        #expect(unsupported?.code == .unsupported)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
    }

    @Test(
        "The public file is named after the private one",
        arguments: [
            ("keys.jwks", "keys.public.jwks"), ("keys", "keys.public"), ("a.b/keys", "a.b/keys.public"),
            ("a.b/c.d.json", "a.b/c.d.public.json"), (".keys", ".keys.public"), ("a/.keys", "a/.keys.public"),
        ])
    func publicPath(path: String, expected: String) {
        #expect(DevelopmentKeys.publicPath(path) == expected)
    }
}
