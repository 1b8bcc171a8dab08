import Foundation
import Testing

/// The declarations that hold who somebody is: a `String` there would be compared as text, sooner or later.
@Suite struct IdentityDeclarationTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// What holds identities. The studies forge them, and `Authentication` calls the place of its keys an origin.
    private static let folders = [
        "OrderUpdates", "TransportCore", "Persistence", "LWS", "Transports", "Authentication", "ExperimentRunner",
        "Catalog", "tandem/Serve", "tandem/TokenCommand.swift",
    ]

    /// Where a subject is what a transport cannot do.
    private static let others = ["/Capabilities.swift", "/CellLegality.swift"]

    private static let sources: [(path: String, text: String)] = folders.flatMap { folder in
        let place = root.appending(path: "Sources/\(folder)")
        let files = FileManager.default.enumerator(atPath: place.path)?.compactMap { $0 as? String } ?? []
        let paths = folder.hasSuffix(".swift") ? [place.path] : files.map { place.appending(path: $0).path }
        return paths.filter { path in
            path.hasSuffix(".swift") && !others.contains { path.hasSuffix($0) }
        }.compactMap { path in
            FileManager.default.contents(atPath: path).map { (path, String(decoding: $0, as: UTF8.self)) }
        }
    }

    private static func lines(_ text: String, with pattern: Regex<AnyRegexOutput>) -> [String] {
        text.split(separator: "\n").filter { $0.contains("String") && $0.contains(pattern) }
            .map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// A declaration of a property, a parameter or a case of the name, whose type is text or a collection of it.
    private static func declarations(of names: String) throws -> Regex<AnyRegexOutput> {
        try Regex(
            #"\b(?:\#(names))\s*:\s*(?:\[|Set<|Array<|Mutex<|any\s|some\s)*(?:String|Substring|StringProtocol)\b"#)
    }

    @Test(
        "Whoever holds an identity holds no text",
        arguments: [
            "subject|owner|commonNames|serialNumber", "issuer|audiences?|iss|sub|aud", "kid|jti|tokenId|identifiers",
            "selector|session|scopes",
        ])
    func declaresNoText(names: String) throws {
        #expect(Self.sources.count > 150, "the sources are where they are looked for")
        let pattern = try Self.declarations(of: names)
        for (path, text) in Self.sources {
            for line in Self.lines(text, with: pattern) { Issue.record("\(path): \(line)") }
        }
    }

    @Test("Origins are no text, but for the place of keys")
    func declaresNoTextForOrigins() throws {
        let pattern = try Self.declarations(of: "origins?|allowedOrigins|allowOrigin")
        for (path, text) in Self.sources
        where !path.contains("/Authentication/Keys/") && !path.hasSuffix("/TokenIssuer.swift") {
            for line in Self.lines(text, with: pattern) { Issue.record("\(path): \(line)") }
        }
    }

    @Test("What is found by an identity is not found by text")
    func keysNothingByText() throws {
        let keyed = try Regex(#"\[String: (?!String\])|Set<String>"#)
        for (path, text) in Self.sources where path.contains("/Authentication/") || path.hasSuffix("/Principal.swift") {
            for line in Self.lines(text, with: keyed) { Issue.record("\(path): \(line)") }
        }
        let principal = try #require(Self.sources.first { $0.path.hasSuffix("TransportCore/Principal.swift") })
        #expect(!principal.text.contains("String"), "a principal is made of identities")
    }
}
