import Authentication
import Foundation
import OrderUpdates
import Testing
import TransportCore

/// The signature vectors of Project Wycheproof, for the algorithms that we accept (see `Resources/README.md`).
@Suite struct WycheproofTests {
    struct Group: Decodable {
        var comment: String
        var key: Members
        var tests: [Vector]
    }

    struct Vector: Decodable, Sendable, CustomTestStringConvertible {
        var tcId: Int
        var comment: String
        var jws: String
        var result: String
        var testDescription: String { "\(tcId) \(comment)" }
    }

    /// The members of a key, as they stand.
    struct Members: Codable {
        var texts: [String: String] = [:]
        var lists: [String: [String]] = [:]

        private struct Name: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init(_ text: String) { stringValue = text }
            init?(stringValue: String) { self.init(stringValue) }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: Name.self)
            for name in members.allKeys {
                if let text = try? members.decode(String.self, forKey: name) {
                    texts[name.stringValue] = text
                } else {
                    lists[name.stringValue] = try members.decode([String].self, forKey: name)
                }
            }
        }

        func encode(to encoder: any Encoder) throws {
            var members = encoder.container(keyedBy: Name.self)
            for (name, text) in texts { try members.encode(text, forKey: Name(name)) }
            for (name, list) in lists { try members.encode(list, forKey: Name(name)) }
        }
    }

    /// Vectors whose label is mistaken, and what they are.
    private static let mislabelled = [
        // The very token of 357, which is labelled valid: the padding that was to be wrong is not there.
        367: true, 370: true,
        // A letter that is not base64url's stands in a part, and the code is that of the part without it: RFC 7515, section 5.2,
        // steps 2 and 8. Their mirror images, 366 and 369, are labelled invalid.
        372: false, 373: false,
    ]

    private static func groups() throws -> [Group] {
        struct File: Decodable { var groups: [Group] }
        let url = try #require(
            Bundle.module.url(forResource: "Resources/wycheproof-json-web-signature", withExtension: "json"))
        return try JSONDecoder().decode(File.self, from: Data(contentsOf: url)).groups
    }

    /// Whether a server with this key would take the signature.
    private static func accepts(_ vector: Vector, _ key: Members) throws -> Bool {
        let jwks = #"{"keys":[\#(String(decoding: try JSONEncoder().encode(key), as: UTF8.self))]}"#
        // A key that is not for signatures is not even loaded.
        guard let keys = try? KeySet(jwks: Array(jwks.utf8), origin: "test"),
            let token = try? CompactToken(Array(vector.jws.utf8), maximumBytes: 8192)
        else { return false }
        return (try? token.verifiedPayload(by: keys)) != nil
    }

    @Test("Every vector is judged right") func everyVectorIsJudgedRight() throws {
        var count = 0
        for group in try Self.groups() {
            for vector in group.tests {
                let isGood = Self.mislabelled[vector.tcId] ?? (vector.result == "valid")
                #expect(
                    try Self.accepts(vector, group.key) == isGood, "\(group.comment): \(vector.testDescription)")
                count += 1
            }
        }
        #expect(count == 316, "every vector of the file was judged")
    }

    @Test("The vectors that are mislabelled are what this suite says they are") func theMislabelledAreAsSaid() throws {
        let vectors = try Self.groups().flatMap(\.tests)
        func token(_ number: Int) throws -> String { try #require(vectors.first { $0.tcId == number }).jws }
        #expect(try token(367) == token(357) && token(370) == token(357))
        for number in [372, 373] { #expect(try token(number).replacing("?", with: "") == token(357)) }
    }

    /// A wrong signature would fail the vectors of these algorithms; that their keys load is seen apart.
    @Test("The keys of every vector that names an algorithm load") func theKeysOfSignaturesLoad() async throws {
        var loaded: [String: Int] = [:]
        for group in try Self.groups() where group.key.texts["alg"] != nil {
            let jwks = #"{"keys":[\#(String(decoding: try JSONEncoder().encode(group.key), as: UTF8.self))]}"#
            _ = try KeySet(jwks: Array(jwks.utf8), origin: group.comment)
            loaded[group.key.texts["alg"]!, default: 0] += 1
        }
        #expect(loaded == ["HS256": 4, "ES256": 2, "RS256": 4])
    }
}
