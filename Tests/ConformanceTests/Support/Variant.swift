import Catalog
import Foundation
import Testing
import TransportCore

/// A transport over one protocol version, plain or with TLS: what every test of the suite is repeated for.
struct Variant: Sendable, CustomTestStringConvertible {
    let transport: TransportRegistration
    let version: ProtocolVersion
    let tls: Bool
    /// Both sides', where the transport has any.
    var compression = MessageCompression.off

    var capabilities: TransportCapabilities { transport.capabilities }

    /// Whether connections stay, so that they have heartbeats, rather than being a series of requests.
    var isStreaming: Bool { !capabilities.heartbeats.isEmpty }

    /// Whether it speaks HTTP/2 without TLS.
    var isH2C: Bool { version == .h2 && !tls }

    /// Whether a protocol version is part of the variant's name: in process there is none.
    private var hasVersion: Bool { !capabilities.protocolVersions.isEmpty }

    var testDescription: String {
        guard hasVersion else { return "\(transport.name)" }
        let name = "\(transport.name) \(version.rawValue) \(tls ? "TLS" : "plain")"
        return compression == .off ? name : "\(name) \(compression.rawValue)"
    }

    /// The toys that the guide `AddingATransport` adds.
    static let toys = [
        TransportRegistration(LineTransport(), LineClientTransport()),
        TransportRegistration(LineSocketTransport(), LineSocketClientTransport()),
    ]

    /// Every transport of the catalogue, and the toys.
    ///
    /// Whoever writes a transport sets `TANDEM_CONFORMANCE`, for example to `lines h1`, for the variants that hold this text.
    static let all: [Self] = {
        let all = (Catalog.transports + toys).flatMap(variants)
        guard let text = ProcessInfo.processInfo.environment["TANDEM_CONFORMANCE"] else { return all }
        let chosen = all.filter { $0.testDescription.contains(text) }
        precondition(
            !chosen.isEmpty,
            "TANDEM_CONFORMANCE: no variant holds '\(text)'; there are: \(all.map(\.testDescription))")
        return chosen
    }()

    static let replaying = all.filter(\.capabilities.replays)
    static let latestOnly = all.filter { !$0.capabilities.replays }
    static let streaming = all.filter(\.isStreaming)
    static let requesting = all.filter { !$0.isStreaming }
    /// Those whose requests wait for news.
    static let waiting = requesting.filter(\.capabilities.pushes)
    static let manyOrders = all.filter { $0.capabilities.carriesManyOrders && $0.capabilities.replays }
    static let commanding = all.filter(\.capabilities.carriesCommands)

    private static func variants(of transport: TransportRegistration) -> [Self] {
        let versions = transport.capabilities.protocolVersions
        return (versions.isEmpty ? [.h1] : versions).flatMap { version in
            (transport.capabilities.supportsTLS ? [false, true] : [false])
                .filter { $0 || version == .h1 || transport.capabilities.speaksUnencryptedHTTP2 }
                .flatMap { tls in
                    (transport.capabilities.compressesMessages ? MessageCompression.allCases : [.off])
                        .map { Self(transport: transport, version: version, tls: tls, compression: $0) }
                }
        }
    }
}
