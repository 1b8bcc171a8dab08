import ArgumentParser
import Authentication
import Catalog
import OrderUpdates
import TransportCore
import Transports

struct ServeAuthentication: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Who may connect: bearer (a JSON Web Token in the header), cookie, query, ticket, subprotocol, message, mtls, several \
            with commas between them, or none (everyone; for floor measurements). A bearer header is taken beside all but none. \
            (default: bearer)
            """, valueName: "schemes"))
    var auth: AuthSchemes?
    @Option(
        help: ArgumentHelp(
            "JWKS with the keys that tokens are verified with: a file, which is followed when it is replaced, or a URL.",
            valueName: "file|url"))
    var jwks: String?
    @Option(help: "The issuer that tokens must name; empty for any.") var issuer: Issuer =
        TokenPolicy.development.issuer ?? ""
    @Option(help: "The audience that tokens must name; empty takes only tokens without one.") var audience: Audience =
        TokenPolicy.development.audience ?? ""
    @Option(help: "How far the issuer's clock may be off.") var clockSkew = Seconds(5)
    @Option(
        help: ArgumentHelp(
            "File that keeps revocations over a restart; without it they are kept in memory.", valueName: "file"))
    var revocations: String?
    @Option(help: "How long a session of the scheme cookie lasts.") var sessionLifetime = Seconds(12 * 3600)
    @Option(help: "How long a ticket of the scheme ticket may wait for its use.") var ticketLifetime = Seconds(30)
    @Option(
        help: ArgumentHelp(
            "PEM file of the authorities whose client certificates the scheme mtls takes.", valueName: "file"))
    var clientCa: String?

    func validate() throws {
        guard clockSkew.value <= 86_400 else { throw ValidationError("--clock-skew takes at most a day") }
        guard sessionLifetime.value >= 1 else { throw ValidationError("--session-lifetime takes at least 1s") }
        guard ticketLifetime.value >= 1 else { throw ValidationError("--ticket-lifetime takes at least 1s") }
        if schemes.names.contains(MutualTLSScheme.profile.name), clientCa == nil {
            throw ValidationError("--auth mtls needs --client-ca FILE, and --tls-cert and --tls-key")
        }
    }

    private var schemes: AuthSchemes { auth ?? .bearer }

    var letsEveryoneIn: Bool { schemes.names == [NoAuthentication.profile.name] }

    /// - Parameter allowedOrigins: the origins of pages whose cookies and certificates are accepted.
    func scheme(allowedOrigins: [Origin], complain: @escaping @Sendable (String) -> Void) async throws -> any AuthScheme
    {
        if letsEveryoneIn { return NoAuthentication() }
        guard let jwks else {
            throw ValidationError(
                "--auth \(schemes) needs --jwks FILE (`tandem token --subject you` makes development keys), "
                    + "or choose --auth none")
        }
        let policy = TokenPolicy(
            issuer: issuer.isEmpty ? nil : issuer, audience: audience.isEmpty ? nil : audience,
            clockSkew: .nanoseconds(Int64(clockSkew.value * 1e9)))
        let verifier = TokenVerifier(keys: try await keys(jwks, complain: complain), policy: policy)
        var sessions = CookieScheme.Settings()
        sessions.lifetime = Int64(sessionLifetime.value)
        var tickets = TicketScheme.Settings()
        tickets.lifetime = .nanoseconds(Int64(ticketLifetime.value * 1e9))
        let settings = AuthSettings(
            verifier: verifier, origins: OriginPolicy(allowed: allowedOrigins), sessions: sessions, tickets: tickets,
            transports: Set(Catalog.socketTransports.map(\.name)))
        return Catalog.gate(
            of: schemes.registrations, settings, revocations: try RevocationList(file: revocations, complain: complain))
    }

    private func keys(_ place: String, complain: @escaping @Sendable (String) -> Void) async throws -> RotatingKeys {
        guard let url = try JWKSAddress(place) else { return try await RotatingKeys(file: place, complain: complain) }
        let requester = try HTTPRequester(bodyLimit: 1024 * 1024)
        return try await RotatingKeys(origin: place, .address) {
            try await url.fetch(requester)
        } complain: {
            complain($0)
        }
    }
}

/// Names of auth schemes on the command line, separated by commas.
struct AuthSchemes: ExpressibleByArgument, CustomStringConvertible {
    let registrations: [AuthSchemeRegistration]
    var names: [String] { registrations.map(\.profile.name) }
    var description: String { names.joined(separator: ",") }
    var defaultValueDescription: String { description }
    static var allValueStrings: [String] { Catalog.authSchemes.map(\.profile.name) }
    static let bearer = Self(registrations: Catalog.authSchemes.filter { $0.profile.name == BearerScheme.profile.name })

    private init(registrations: [AuthSchemeRegistration]) { self.registrations = registrations }

    /// Nil for an unknown or repeated name, and for `none` together with others.
    init?(argument: String) {
        let names = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        registrations = names.compactMap { Catalog.authScheme(named: $0) }
        guard registrations.count == names.count, Set(names).count == names.count,
            names.count == 1 || !names.contains(NoAuthentication.profile.name)
        else { return nil }
    }
}
