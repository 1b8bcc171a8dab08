import OrderUpdates
import Testing
import TransportCore
import Transports

@Suite struct FramingTests {
    @Test(
        "A chunk has its length in hexadecimal",
        arguments: [
            (1, "1\r\n"), (15, "f\r\n"), (16, "10\r\n"), (70_000, "11170\r\n"),
        ])
    func chunks(count: Int, head: String) {
        var bytes: [UInt8] = [0xEE] + [UInt8](repeating: 0x61, count: count)
        Framing.chunked.frame(&bytes, from: 1)
        #expect(bytes == [0xEE] + Array(head.utf8) + [UInt8](repeating: 0x61, count: count) + [13, 10])
    }

    @Test(
        "A text frame has its length in the shortest form",
        arguments: [
            (1, [0x81, 1]), (125, [0x81, 125]), (126, [0x81, 126, 0, 126]), (65_535, [0x81, 126, 255, 255]),
            (65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] as [(Int, [UInt8])])
    func textFrames(count: Int, head: [UInt8]) {
        var bytes: [UInt8] = [0xEE] + [UInt8](repeating: 0x61, count: count)
        Framing.webSocket.frame(&bytes, from: 1)
        #expect(bytes == [0xEE] + head + [UInt8](repeating: 0x61, count: count))
    }

    /// An empty chunk would end the stream (RFC 9112, section 7.1).
    @Test("An empty message is not framed", arguments: Framing.allCases)
    func nothingStaysNothing(framing: Framing) {
        var bytes: [UInt8] = [1, 2]
        framing.frame(&bytes, from: 2)
        #expect(bytes == [1, 2])
    }

    @Test("Every close notice fits into a close frame") func closeNoticesFitACloseFrame() {
        for reason in CloseReason.all {
            #expect(reason.after(milliseconds: 86_400_000).json.utf8.count <= 123, "\(reason.name)")
        }
    }

    @Test("An update is written as an event of the HTML standard") func eventsAreWhatTheStandardReads() {
        var bytes: [UInt8] = []
        EventStreamFormat().appendUpdate(StreamPosition(epoch: 0xABC, offset: 42), Array("{}".utf8), to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "event: order.update\nid: abc-42\ndata: {}\n\n")
    }
}
