import Clocks
import OrderUpdates

/// A digest of the payloads that a subscriber received. Two digests are equal if the bytes are.
///
/// FNV-1a with 64 bits: it detects mistakes, and nobody here forges payloads. The time in each payload is left out,
/// because it differs between trials.
struct PayloadDigest: Sendable {
    private var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    private(set) var payloads = 0

    init() {}

    /// The digest of the first updates that a load publishes to an order, which every transport must deliver.
    init(published updates: Int, to order: OrderID) {
        for sequence in 1...updates {
            var payload: [UInt8] = []
            LoadUpdate.make(order, sequence: sequence, timestamp: 0).appendJSON(to: &payload)
            payload.withUnsafeBytes { add($0) }
        }
    }

    mutating func add(_ payload: UnsafeRawBufferPointer) {
        let time = TimestampParser.range(in: payload) ?? payload.count..<payload.count
        for index in payload.indices where !time.contains(index) { mix(payload[index]) }
        // The length marks the end of a payload.
        withUnsafeBytes(of: UInt64(payload.count).littleEndian) { for byte in $0 { mix(byte) } }
        payloads += 1
    }

    private mutating func mix(_ byte: UInt8) {
        hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }

    /// With the name of the function, so that a digest of another kind never compares equal.
    var description: String { "fnv1a64:" + String(hash, radix: 16) }
}
