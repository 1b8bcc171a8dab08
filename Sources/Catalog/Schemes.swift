/// An auth scheme by its name, with what it is.
public struct SchemeRegistration: Sendable, Hashable {
    /// As it stands in an experiment's files.
    public let name: String
    /// In half a sentence, for `tandem list`.
    public let purpose: String

    public init(_ name: String, _ purpose: String) {
        self.name = name
        self.purpose = purpose
    }
}

extension Catalog {
    /// The auth schemes that `tandem serve --auth` and experiments can name. A new one adds its line here.
    public static let schemes: [SchemeRegistration] = distinct([
        SchemeRegistration("bearer", "a JSON Web Token in the Authorization header (RFC 6750)"),
        SchemeRegistration("none", "everyone may do everything; for floor measurements"),
    ])

    /// Their names.
    public static var authSchemes: [String] { schemes.map(\.name) }

    /// Traps where two schemes have one name: an experiment could not say which it means.
    package static func distinct(_ schemes: [SchemeRegistration]) -> [SchemeRegistration] {
        var names: Set<String> = []
        for scheme in schemes {
            precondition(names.insert(scheme.name).inserted, "the auth scheme '\(scheme.name)' is registered twice")
        }
        return schemes
    }
}
