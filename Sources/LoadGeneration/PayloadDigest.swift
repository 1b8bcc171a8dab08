import Clocks
import OrderUpdates

/// A digest of the payloads that a subscriber received, to compare transports with: equal where their bytes are.
///
/// FNV-1a over 64 bits: it tells mistakes apart, and nobody here cheats. The time in each payload is left out, for it
/// differs from trial to trial.
struct PayloadDigest: Sendable {
    private var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    private(set) var payloads = 0

    init() {}

    /// Of the first updates that a load publishes to an order: what every transport must deliver.
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
        // The length tells where one payload ends.
        withUnsafeBytes(of: UInt64(payload.count).littleEndian) { for byte in $0 { mix(byte) } }
        payloads += 1
    }

    private mutating func mix(_ byte: UInt8) {
        hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }

    /// Names the function, so that a digest of another kind never compares equal.
    var description: String { "fnv1a64:" + String(hash, radix: 16) }
}
