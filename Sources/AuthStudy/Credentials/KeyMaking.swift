import Authentication
import FoundationEssentials
import Signatures

/// Makes the keys of a kit.
enum KeyMaking {
    struct Material {
        var keys: [CredentialKit.Key: JSONWebKeyText]
        /// The public half of the RSA key, in PEM.
        var publicRSA: String

        /// The public keys as bytes, in the encodings that known verifiers took for secrets.
        var confusions: [(CredentialKit.Confusion, [UInt8])] {
            get throws {
                func bytes(_ key: CredentialKit.Key, _ member: String) throws -> [UInt8] {
                    guard let bytes = Base64URL.decode((keys[key]?[member] ?? "").utf8) else {
                        throw CredentialError(.malformed, "the key \(key.rawValue) has no \(member): make the kit anew")
                    }
                    return bytes
                }
                return [
                    (.rsaPEM, Array(publicRSA.utf8)), (.rsaModulus, try bytes(.rs256, "n")),
                    (.ellipticPoint, try bytes(.es256, "x") + bytes(.es256, "y")),
                ]
            }
        }
    }

    static func make(in folder: String) async throws -> Material {
        let rsa = folder + "/rsa.pem"
        let rsaPublic = folder + "/rsa.public.pem"
        let ed25519 = folder + "/ed25519.pem"
        let ed25519Public = folder + "/ed25519.public.pem"
        try await OpenSSLCommand.run(["genrsa", "-traditional", "-out", rsa, "2048"])
        try await OpenSSLCommand.run(["rsa", "-in", rsa, "-pubout", "-out", rsaPublic])
        try await OpenSSLCommand.run(["genpkey", "-algorithm", "ed25519", "-out", ed25519])
        try await OpenSSLCommand.run(["pkey", "-in", ed25519, "-pubout", "-out", ed25519Public])
        let publicRSA = try SecretFile.read(rsaPublic)
        return Material(
            keys: [
                .es256: try development(.es256, "es256", in: folder),
                .doomed: try development(.es256, "doomed", in: folder),
                .impostor: try development(.es256, "impostor", in: folder),
                .hs256: try development(.hs256, "hs256", in: folder),
                .rs256: try KeyNumbers.rsa(pem: SecretFile.read(rsa), kid: "rs256"),
                .eddsa: try KeyNumbers.ed25519(
                    privatePEM: SecretFile.read(ed25519), publicPEM: SecretFile.read(ed25519Public), kid: "eddsa"),
            ], publicRSA: publicRSA)
    }

    private struct KeyFile: Decodable {
        var keys: [[String: String]]
    }

    private static func development(
        _ algorithm: SignatureAlgorithm, _ kid: String, in folder: String
    ) throws -> JSONWebKeyText {
        let made = try DevelopmentKeys.create(at: "\(folder)/\(kid).jwks", algorithm: algorithm)
        let text = try SecretFile.read(made.keyFile)
        guard let key = try JSONDecoder().decode(KeyFile.self, from: Data(text.utf8)).keys.first else {
            throw CredentialError(.malformed, "\(made.keyFile) holds no key: remove the folder and try again")
        }
        var members = key.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        members.removeAll { $0.name == "kid" }
        return JSONWebKeyText(members: members + [("kid", kid)])
    }
}
