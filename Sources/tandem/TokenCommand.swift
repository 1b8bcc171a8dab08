import ArgumentParser
import Authentication
import FoundationEssentials
import Glibc
import OrderUpdates
import TransportCore

/// `tandem token`: issues a bearer token, and makes the development key that signs it.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Issue a bearer token. Makes a development key where there is none.",
        discussion: """
            Only the token goes to standard output. The key file is private (mode 0600); give servers the public file beside \
            it.

            Examples:
              tandem token --subject alice
              tandem token --subject backend --scope orders:publish --lifetime 600
              tandem token --subject ops --scope credentials:revoke --token-id ops-1
              tandem serve --jwks keys/development.public.jwks --orders 3
            """)

    @Option(help: ArgumentHelp("The subject of the token, which owns orders.", valueName: "name"))
    var subject: Subject
    @Option(help: ArgumentHelp("What the token allows; repeat for more.", valueName: "scope"))
    var scope: [Scope] = [.read]
    @Option(help: ArgumentHelp("JWKS file with the private key.", valueName: "file"), completion: .file())
    var keys = "keys/development.jwks"
    @Option(help: ArgumentHelp("The key to sign with, by its kid; by default the first.", valueName: "kid"))
    var kid: KeyID?
    @Option(help: "The time until the token expires.") var lifetime = Seconds(3_600)
    @Option(help: ArgumentHelp("The claim iss; empty for none.", valueName: "text"))
    var issuer: Issuer = TokenPolicy.development.issuer ?? ""
    @Option(help: ArgumentHelp("The claim aud; empty for none.", valueName: "text"))
    var audience: Audience = TokenPolicy.development.audience ?? ""

    @Option(
        help: ArgumentHelp(
            "The claim jti, by which the token is revoked and its streams are renewed; by default a random one.",
            valueName: "id"))
    var tokenId: CredentialID?

    func validate() throws {
        // Before a key is made.
        guard !subject.isEmpty else { throw ValidationError("--subject: name the owner of the orders") }
    }

    func run() async throws {
        do {
            if access(keys, F_OK) != 0 { try makeKeys() }
            let token = try TokenIssuer(from: .file(keys)).issue(
                subject: subject, scopes: Set(scope), issuer: issuer.isEmpty ? nil : issuer,
                audience: audience.isEmpty ? nil : audience, lifetime: .nanoseconds(Int64(lifetime.value * 1e9)),
                kid: kid, id: tokenId)
            print(token)
        } catch let error as CredentialError {
            throw CommandFailure(.usage, String(describing: error))
        }
    }

    private func makeKeys() throws {
        if let slash = keys.lastIndex(of: "/") {
            let folder = String(keys[..<slash])
            do {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            } catch {
                throw CommandFailure(.environment, "\(folder) cannot be made: \(error)")
            }
        }
        let made = try DevelopmentKeys.create(at: keys)
        Tandem.complain(
            "made a development key: \(made.keyFile) signs; `tandem serve --jwks \(made.publicKeyFile ?? made.keyFile)` verifies"
        )
    }
}
