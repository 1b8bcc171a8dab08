import Clocks
import OrderUpdates
import Testing
import Transports

@Suite struct IngestTests {
    private let order = OrderID("a")!
    private let event =
        #"{"specversion":"1.0","id":"1","source":"/sor","type":"order.update","time":"2026-11-23T05:07:23.5Z","#
        + #""data":{"status":"Failed","reason":"no port"}}"#

    @Test("A plain update is read") func plain() throws {
        let ingest = try Ingest(
            Array(#"{"status":"Activating","stage":"x"}"#.utf8), contentType: "application/json; charset=utf-8",
            of: order)
        #expect(!ingest.isBatch)
        #expect(ingest.updates[0].update(of: order).stage == "x")
    }

    @Test("A CloudEvent is read, alone or in a batch") func cloudEvent() throws {
        let ingest = try Ingest(Array(event.utf8), contentType: "application/cloudevents+json", of: order)
        let update = ingest.updates[0].update(of: order)
        #expect(update.source == "/sor")
        #expect(update.timestamp == Timestamp.parse("2026-11-23T05:07:23.5Z".utf8))
        #expect(update.reason == "no port")
        let local = event.replacing("05:07:23.5Z", with: "10:37:23.5+05:30")
        let localized = try Ingest(Array(local.utf8), contentType: "application/cloudevents+json", of: order)
        #expect(localized.updates[0].update(of: order).timestamp == update.timestamp)
        let batch = try Ingest(
            Array("[\(event),\(event)]".utf8), contentType: "application/cloudevents-batch+json", of: order)
        #expect(batch.isBatch && batch.updates.count == 2)
    }

    @Test(
        "A body that is no update of the order is refused with the status and the reason",
        arguments: [
            ("", nil, 400, "not JSON"), ("{", nil, 400, "not JSON"),
            (#"{"status":"Failed","x":01}"#, nil, 400, "not JSON"), ("{}", nil, 400, "'status' is missing"),
            ("[]", nil, 400, "no update"), (#"{"status":"Gone"}"#, nil, 400, "not one of Created"),
            (#"{"status":"Failed","activationStatus":"Gone"}"#, nil, 400, "/activationStatus is not one of Pending"),
            (#"{"status":1}"#, nil, 400, "wrong type"),
            (#"{"status":"Failed","timestamp":"noon"}"#, nil, 400, "RFC 3339"),
            ("x", "text/plain", 415, "send application/json"),
            (#"{"status":"Failed"}"#, "application/cloudevents+json", 400, "'specversion' is missing"),
            (
                #"{"specversion":"0.3","id":"1","source":"s","type":"t","data":{"status":"Failed"}}"#,
                "application/cloudevents+json", 400, "specversion 1.0"
            ),
            // The path names the order: a sender that names another has sent it to the wrong place.
            (#"{"status":"Failed","orderId":"b"}"#, nil, 400, "orderId names another order"),
            (#"{"status":"Failed","orderId":""}"#, nil, 400, "orderId names another order"),
            (#"[{"status":"Failed"},{"status":"Failed","orderId":"A"}]"#, nil, 400, "orderId names another order"),
            (
                #"{"specversion":"1.0","id":"1","source":"s","type":"t","data":{"status":"Failed","orderId":"b"}}"#,
                "application/cloudevents+json", 400, "orderId names another order"
            ),
            (
                #"{"specversion":"1.0","id":"1","source":"s","type":"t","data_base64":"e30="}"#,
                "application/cloudevents+json", 400, "data_base64 is not taken"
            ),
            (#"{"status":"Failed","timestamp":"2026-11-29T12:30:60Z"}"#, nil, 400, "RFC 3339"),
            // Also where the data has a time of its own.
            (
                #"{"specversion":"1.0","id":"1","source":"s","type":"t","time":"","data":{"status":"Failed","#
                    + #""timestamp":"2026-11-29T12:30:59Z"}}"#, "application/cloudevents+json", 400, "RFC 3339"
            ),
            ("{}", "application/jsonx", 415, "send application/json"),
            ("{}", "application", 415, "send application/json"),
            ("{}", "application/json;charset=utf-16", 415, "UTF-8"),
            ("{}", "application/json; charset=\"ISO-8859-1\"", 415, "UTF-8"),
            ("{}", "application/json; charset=utf-8; charset=latin1", 415, "UTF-8"),
            ("[]", "application/cloudevents-batch+json; charset=UTF-32", 415, "UTF-8"),
        ] as [(String, String?, Int, String)])
    func refusals(body: String, type: String?, status: Int, says: String) {
        let refusal = #expect(throws: Ingest.Rejection.self) {
            try Ingest(Array(body.utf8), contentType: type, of: order)
        }
        #expect(refusal?.status == status)
        #expect(refusal?.detail.contains(says) == true, "\(refusal?.detail ?? "")")
    }

    @Test(
        "A media type is one however it is written (RFC 9110, sections 5.6.6 and 8.3.1)",
        arguments: [
            nil, "application/json", "Application/JSON", "application/json;charset=utf-8",
            "application/json ;charset=utf-8",
            "application/json\t;\tcharset=UTF-8", "application/json; charset=\"utf-8\"", "application/json;",
            "application/json;;",
            "application/json; CHARSET=Utf-8", "application/json; profile=\"a;charset=latin1\"",
            "application/json; profile=\"\\\";charset=latin1\"; charset=utf-8", " application/json ",
        ] as [String?])
    func mediaTypes(_ type: String?) throws {
        #expect(try Ingest(Array(#"{"status":"Failed"}"#.utf8), contentType: type, of: order).updates.count == 1)
    }

    @Test("What an update says of itself holds; its order may stand in it") func saysItself() throws {
        let ingest = try Ingest(
            Array(#"{"status":"Failed","orderId":"a","timestamp":"2026-11-23T05:07:23.1234567890123Z"}"#.utf8),
            contentType: nil, of: order)
        #expect(ingest.updates[0].update(of: order).timestamp == Timestamp.parse("2026-11-23T05:07:23.123456789Z".utf8))
        // `subject` is the producer's own text (CloudEvents, section 3.1.2).
        let subject = event.replacing(#""id":"1""#, with: #""id":"1","subject":"b""#)
        let update = try Ingest(Array(subject.utf8), contentType: "application/cloudevents+json", of: order).updates[0]
        #expect(update.update(of: order).orderID == order)
    }

    private func fields(_ fields: [String: String]) throws(Ingest.Rejection) -> CloudEventFields? {
        try CloudEventFields(fields.map { ($0.key, $0.value) })
    }

    private let binary = ["ce-specversion": "1.0", "ce-id": "1", "ce-source": "/sor", "ce-type": "t"]

    @Test("An event in binary mode has its attributes in header fields") func binaryMode() throws {
        #expect(try fields([:]) == nil && fields(["ce-subject": "b"]) == nil)
        let timed = binary.merging(["ce-time": "2026-11-23T05:07:23.5Z", "ce-source": "\"/s%20%C3%A9%\""]) { $1 }
        let event = try #require(try fields(timed))
        #expect(try event.attributes().source == "/s é%")
        let plain = try Ingest(Array(#"{"status":"Failed"}"#.utf8), contentType: nil, event: event, of: order)
        let update = plain.updates[0].update(of: order)
        #expect(update.source == "/s é%" && update.timestamp == Timestamp.parse("2026-11-23T05:07:23.5Z".utf8))
        let own = try Ingest(
            Array(#"{"status":"Failed","source":"own","timestamp":"2026-11-23T05:07:24Z"}"#.utf8), contentType: nil,
            event: event, of: order
        ).updates[0].update(of: order)
        #expect(own.source == "own" && own.timestamp == Timestamp.parse("2026-11-23T05:07:24Z".utf8))
    }

    @Test("Fields beside an event in structured mode say what it says, or are refused by name")
    func structuredMode() throws {
        func ingest(_ given: [String: String], _ type: String, _ body: String) throws -> Ingest {
            try Ingest(
                Array(body.utf8), contentType: "application/cloudevents\(type)+json", event: fields(given), of: order)
        }
        let same = binary.merging(["ce-type": "order.update", "ce-time": "2026-11-23T05:07:23.5Z"]) { $1 }
        for given in [same, ["ce-id": "1"], ["ce-subject": "b"], [:]] {
            #expect(try ingest(given, "", event).updates.count == 1)
            #expect(try ingest(given, "-batch", "[\(event),\(event)]").updates.count == 2)
        }
        let untimed = event.replacing(#""time":"2026-11-23T05:07:23.5Z","#, with: "")
        for (name, body) in [("id", event), ("source", event), ("type", event), ("time", untimed)] {
            var other = same
            if body == event { other["ce-\(name)"] = "2" }
            let refusals = [
                #expect(throws: Ingest.Rejection.self) { try ingest(other, "", body) },
                #expect(throws: Ingest.Rejection.self) { try ingest(other, "-batch", "[\(event),\(body)]") },
            ]
            for refusal in refusals {
                #expect(refusal?.status == 400)
                #expect(refusal?.detail.contains("ce-\(name) ") == true, "\(refusal?.detail ?? "")")
            }
        }
    }

    @Test("A field that stands twice is refused, used or not", arguments: ["ce-id", "ce-time", "ce-subject", "ce-own"])
    func refusesTwice(_ name: String) throws {
        let refusal = #expect(throws: Ingest.Rejection.self) {
            let others = binary.filter { $0.key != name }.map { ($0.key, $0.value) }
            _ = try CloudEventFields(others + [(name, "1"), (name, "1")])
        }
        #expect(refusal?.status == 400 && refusal?.detail.contains("\(name) stands twice") == true)
    }

    @Test(
        "An event in binary mode that lacks an attribute is refused, not taken for plain JSON",
        arguments: [
            ["ce-time": "2020-01-01T00:00:00Z"], ["ce-source": "/s"], ["ce-specversion": "1.0"],
            ["ce-specversion": "0.1", "ce-id": "1", "ce-source": "/s", "ce-type": "t"],
            ["ce-specversion": "1.0", "ce-id": "1", "ce-source": "", "ce-type": "t"],
            ["ce-specversion": "1.0", "ce-id": "1", "ce-source": "%ff", "ce-type": "t"],
        ])
    func binaryRefusals(_ given: [String: String]) {
        #expect(throws: Ingest.Rejection.self) { try fields(given)?.attributes() }
    }

    @Test("An event in binary mode is one update, with a time that is one") func binaryBodies() throws {
        let event = try fields(binary)
        #expect(throws: Ingest.Rejection.self) {
            try Ingest(Array(#"[{"status":"Failed"}]"#.utf8), contentType: nil, event: event, of: order)
        }
        let late = try fields(binary.merging(["ce-time": "yesterday"]) { $1 })
        #expect(throws: Ingest.Rejection.self) {
            try Ingest(Array(#"{"status":"Failed"}"#.utf8), contentType: nil, event: late, of: order)
        }
    }
}
