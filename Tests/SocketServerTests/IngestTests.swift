import Clocks
import OrderUpdates
import Testing
import Transports

@Suite struct IngestTests {
    private let order = OrderID("a")!
    private let event =
        #"{"specversion":"1.0","id":"1","source":"/sor","type":"order.update","time":"2026-11-23T05:07:23.5Z","#
        + #""data":{"status":"Failed","reason":"no port"}}"#

    @Test func plain() throws {
        let ingest = try Ingest(
            Array(#"{"status":"Activating","stage":"x"}"#.utf8), contentType: "application/json; charset=utf-8")
        #expect(!ingest.isBatch)
        #expect(ingest.updates[0].update(of: order).stage == "x")
    }

    @Test func cloudEvent() throws {
        let ingest = try Ingest(Array(event.utf8), contentType: "application/cloudevents+json")
        let update = ingest.updates[0].update(of: order)
        #expect(update.source == "/sor")
        #expect(update.timestamp == Timestamp.parse("2026-11-23T05:07:23.5Z".utf8))
        #expect(update.reason == "no port")
        let local = event.replacing("05:07:23.5Z", with: "10:37:23.5+05:30")
        let localized = try Ingest(Array(local.utf8), contentType: "application/cloudevents+json")
        #expect(localized.updates[0].update(of: order).timestamp == update.timestamp)
        let batch = try Ingest(Array("[\(event),\(event)]".utf8), contentType: "application/cloudevents-batch+json")
        #expect(batch.isBatch && batch.updates.count == 2)
    }

    @Test(
        arguments: [
            ("", nil, 400, "not JSON"), ("{", nil, 400, "not JSON"), ("{}", nil, 400, "'status' is missing"),
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
        ] as [(String, String?, Int, String)])
    func refusals(body: String, type: String?, status: Int, says: String) {
        let refusal = #expect(throws: Ingest.Refusal.self) { try Ingest(Array(body.utf8), contentType: type) }
        #expect(refusal?.status == status)
        #expect(refusal?.detail.contains(says) == true, "\(refusal?.detail ?? "")")
    }
}
