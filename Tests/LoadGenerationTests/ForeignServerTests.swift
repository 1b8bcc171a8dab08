import LoadGeneration
import Testing

@Suite struct ForeignServerTests {
    @Test("Each placeholder of a template is filled") func fillsEachPlace() {
        let template = #"{"id":"{order}","at":"{timestamp}","n":{sequence},"other":{"order":1}}"#
        let filled = ForeignServer.fill(template, order: "o-1", timestamp: "T", sequence: 7)
        #expect(filled == #"{"id":"o-1","at":"T","n":7,"other":{"order":1}}"#)
    }

    @Test("A template without placeholders stays as it is") func aTemplateWithoutPlacesStays() {
        #expect(ForeignServer.fill("/events", order: "o") == "/events")
        #expect(ForeignServer.fill("{", order: "o") == "{")
    }

    @Test("A value that looks like a placeholder is not filled again") func valuesAreNotFilledAgain() {
        #expect(ForeignServer.fill("{order}{order}", order: "{sequence}") == "{sequence}{sequence}")
    }

    @Test(
        "A time is read in the server's format, or there is none",
        arguments: [
            (ForeignServer.TimestampFormat.rfc3339, #""2026-11-23T05:07:23.5Z""#, 1_795_410_443_500_000_000),
            (.unixMilliseconds, "1795410443500", 1_795_410_443_500_000_000),
            (.unixMilliseconds, #""1.7954104435e12""#, 1_795_410_443_500_000_000),
            (.unixMilliseconds, "1e300", nil),
            // No wrapped time, and none that a sum with a clock's would overflow.
            (.unixMilliseconds, "9223372036854775", nil),
            (.unixMilliseconds, "18446744073710551", nil),
            (.unixMilliseconds, "-1", nil),
            (.unixNanoseconds, "9223372036854775807", nil),
            (.unixNanoseconds, "-9223372036854775808", nil),
            (.rfc3339, #""2261-01-01T00:00:00Z""#, nil),
            (.unixNanoseconds, "1795410443500000001", 1_795_410_443_500_000_001),
            (.rfc3339, "17", nil),
            (.unixNanoseconds, #""soon""#, nil),
        ] as [(ForeignServer.TimestampFormat, String, Int64?)])
    func readsTimes(format: ForeignServer.TimestampFormat, value: String, expected: Int64?) throws {
        var foreign = ForeignServer(subscribePath: "/events")
        foreign.timestampPointer = "/data/at"
        foreign.timestampFormat = format
        foreign.sequencePointer = "/data/n"
        let reading = try PayloadReading(foreign)
        var parser = TimestampParser()
        let result = Array(#"{"data":{"n":3,"at":\#(value)}}"#.utf8).withUnsafeBytes { reading.read($0, &parser) }
        #expect(result.timestamp == expected)
        #expect(result.sequence == 3)
    }
}
