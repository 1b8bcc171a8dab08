import Foundation
import LoadGeneration
import OrderUpdates
import Testing

@Suite struct AcknowledgementTests {
    private func withFile(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("acks-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test("A reader sees what was written since, order by order and epoch by epoch")
    func readsOn() throws {
        try withFile { path in
            let writer = try AcknowledgementWriter(path: path)
            let reader = try AcknowledgementReader(path: path, orders: 2)
            #expect(reader.latest() == [[], []])
            func write(_ order: Int, _ epoch: UInt64, _ offset: UInt64) {
                writer.append(
                    AcknowledgedUpdate(
                        order: order, position: StreamPosition(epoch: epoch, offset: offset), at: 1))
            }
            for offset in 1...300 { write(0, 7, UInt64(offset)) }
            #expect(reader.latest(of: 0) == [StreamPosition(epoch: 7, offset: 300)])
            // Answers may come out of order, and a server may come back without its history.
            write(0, 7, 299)
            write(1, 7, 4)
            write(0, 9, 2)
            #expect(reader.latest() == [[StreamPosition(epoch: 9, offset: 2)], [StreamPosition(epoch: 7, offset: 4)]])
            #expect(
                reader.ends()[0].map(\.position) == [
                    StreamPosition(epoch: 7, offset: 300), StreamPosition(epoch: 9, offset: 2),
                ])
            // Of an order that is not there nothing is kept.
            write(5, 7, 1)
            #expect(reader.ends().count == 2)
            #expect(writer.rejection == nil)
        }
    }

    @Test("Of several nodes each has its newest epoch")
    func tellsNodesApart() throws {
        try withFile { path in
            let writer = try AcknowledgementWriter(path: path)
            let reader = try AcknowledgementReader(path: path, orders: 1)
            for (epoch, node) in [(7, 0), (8, 1), (9, 0)] as [(UInt64, Int)] {
                writer.append(
                    AcknowledgedUpdate(order: 0, position: StreamPosition(epoch: epoch, offset: 1), at: 1, node: node))
            }
            #expect(reader.latest(of: 0).map(\.epoch) == [8, 9])
            #expect(reader.ends()[0].map(\.node) == [0, 1, 0])
        }
    }

    @Test("A record that is half written is read once it is whole")
    func waitsForWholeRecords() throws {
        try withFile { path in
            let words: [UInt64] = [0, 3, 11, 0, 0]
            let bytes = words.withUnsafeBytes { Data($0) }
            try bytes.prefix(20).write(to: URL(fileURLWithPath: path))
            let reader = try AcknowledgementReader(path: path, orders: 1)
            #expect(reader.latest(of: 0) == [])
            try bytes.write(to: URL(fileURLWithPath: path))
            let again = try AcknowledgementReader(path: path, orders: 1)
            #expect(again.latest(of: 0) == [StreamPosition(epoch: 3, offset: 11)])
        }
    }

    @Test("A file that is not there is said")
    func saysWhatIsMissing() {
        #expect(throws: LoadError.self) { try AcknowledgementReader(path: "/no/such/file", orders: 1) }
        #expect(throws: LoadError.self) { try AcknowledgementWriter(path: "/no/such/folder/file") }
    }
}
