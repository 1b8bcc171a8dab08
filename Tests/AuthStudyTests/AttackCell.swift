import Catalog
import Foundation
import Testing
import TransportCore

/// A cell that the list is run against: every one in which the scheme can exist.
struct AttackCell: Sendable, CustomTestStringConvertible {
    let transport: TransportName
    let version: ProtocolVersion
    let tls: Bool
    let scheme: AuthSchemeRegistration

    var testDescription: String {
        "\(scheme.profile.name) on \(transport) over \(version.rawValue)\(tls ? " with TLS" : "")"
    }

    /// Whoever looks into one sets `TANDEM_STUDY`, for example to `cookie on sse`, for the cells that hold this text.
    static let all: [Self] = {
        guard let text = ProcessInfo.processInfo.environment["TANDEM_STUDY"] else { return legal }
        let chosen = legal.filter { $0.testDescription.contains(text) }
        precondition(
            !chosen.isEmpty, "TANDEM_STUDY: no cell holds '\(text)'; there are: \(legal.map(\.testDescription))")
        return chosen
    }()

    static let legal: [Self] = Catalog.socketTransports.map(\.name).flatMap { transport in
        [(ProtocolVersion.h1, false), (.h1, true), (.h2, true)].filter { version, _ in
            Catalog.transport(named: transport)?.capabilities.protocolVersions.contains(version) == true
        }.flatMap { version, tls in
            Catalog.authSchemes
                .filter { $0.profile.name != NoAuthentication.profile.name }
                .filter { $0.profile.rejection(over: transport, tls: tls) == nil }
                .map { Self(transport: transport, version: version, tls: tls, scheme: $0) }
        }
    }
}
