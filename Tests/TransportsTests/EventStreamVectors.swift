import Foundation
import Testing

/// The vectors of `Resources/event-stream-vectors.json`.
struct EventStreamVectors: Decodable {
    struct Vector: Decodable, Sendable, CustomTestStringConvertible {
        struct Chunk: Decodable, Sendable {
            var utf8: String?
            var hex: String?

            var bytes: [UInt8] {
                if let utf8 { return Array(utf8.utf8) }
                let digits = Array(hex ?? "")
                return stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0..<$0 + 2]), radix: 16)! }
            }
        }

        var name: String
        var source: String
        /// Nil for the one vector that is described in words: see `large`.
        var chunks: [Chunk]?
        var events: [StreamOutcome.Event]
        var comments: [String]?
        var finalLastEventID: String
        var retry: Int?

        var testDescription: String { "\(name) (\(source))" }

        var pieces: [[UInt8]] { chunks?.map(\.bytes) ?? Self.large }

        /// `ld-large-5MiB-two-chunks`: an event in two chunks of seven million bytes.
        private static let large = [
            Array("data: ".utf8) + Array(repeating: UInt8(ascii: "A"), count: 7_000_000),
            Array(repeating: UInt8(ascii: "B"), count: 7_000_000) + Array("\n\n".utf8),
        ]

        func check(_ outcome: StreamOutcome, _ cut: String) {
            #expect(outcome.events == events, "\(cut)")
            #expect(outcome.lastEventID == finalLastEventID, "\(cut)")
            #expect(outcome.retry == retry, "\(cut)")
            if let comments { #expect(outcome.comments == comments, "\(cut)") }
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            name = try values.decode(String.self, forKey: .name)
            source = try values.decode(String.self, forKey: .source)
            chunks = try values.decodeIfPresent([Chunk].self, forKey: .chunks)
            comments = try values.decodeIfPresent([String].self, forKey: .comments)
            finalLastEventID = try values.decode(String.self, forKey: .finalLastEventID)
            retry = try values.decodeIfPresent(Int.self, forKey: .retry)
            if chunks != nil {
                events = try values.decode([StreamOutcome.Event].self, forKey: .events)
            } else {
                let data = String(repeating: "A", count: 7_000_000) + String(repeating: "B", count: 7_000_000)
                events = [StreamOutcome.Event(type: "message", data: data, lastEventId: "")]
            }
        }

        enum CodingKeys: String, CodingKey {
            case name, source, chunks, events, comments
            case finalLastEventID = "final_last_event_id"
            case retry = "retry_ms"
        }
    }

    var count: Int
    var vectors: [Vector]

    static let all: EventStreamVectors = {
        let url = Bundle.module.url(forResource: "Resources/event-stream-vectors", withExtension: "json")!
        do {
            return try JSONDecoder().decode(EventStreamVectors.self, from: Data(contentsOf: url))
        } catch {
            fatalError("\(url.path) cannot be read: \(error)")
        }
    }()
}
