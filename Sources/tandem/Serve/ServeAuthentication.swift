import ArgumentParser
import Authentication
import TransportCore

struct ServeAuthentication: ParsableArguments {
    enum Scheme: String, ExpressibleByArgument, CaseIterable {
        case bearer, none
    }

    @Option(help: "Who may connect: bearer (a JSON Web Token) or none (everyone; for floor measurements).")
    var auth = Scheme.bearer
    @Option(help: ArgumentHelp("JWKS file with the keys that tokens are verified with.", valueName: "file"))
    var jwks: String?
    @Option(help: "The issuer that tokens must name.") var issuer = TokenPolicy.development.issuer ?? ""
    @Option(help: "The audience that tokens must name.") var audience = TokenPolicy.development.audience ?? ""
    @Option(help: "How far the issuer's clock may be off.") var clockSkew = Seconds(5)

    func scheme() async throws -> any AuthScheme {
        switch auth {
        case .none: return NoAuthentication()
        case .bearer:
            guard let jwks else {
                throw ValidationError(
                    "--auth bearer needs --jwks FILE (`tandem token --subject you` makes development keys), "
                        + "or choose --auth none")
            }
            let policy = TokenPolicy(
                issuer: issuer.isEmpty ? nil : issuer, audience: audience.isEmpty ? nil : audience,
                clockSkew: .nanoseconds(Int64(clockSkew.value * 1e9)))
            return BearerScheme(keys: try await KeySet(from: .file(jwks)), policy: policy)
        }
    }
}
