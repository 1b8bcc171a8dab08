/// Compares the updates of one order that one subscriber received with the order of publication.
///
/// Updates are numbered from 0 in the order of publication. The ledger is a pure state machine: it classifies each
/// arrival, and its owner counts.
public struct DeliveryLedger: Hashable, Sendable {
    /// What an arrival means.
    public enum Arrival: Hashable, Sendable {
        /// The next update.
        case inOrder
        /// A later update. The updates of the range did not arrive before it.
        case ahead(skipped: Range<Int>)
        /// An update that was skipped before, so it is out of order.
        case late
        case duplicate
    }

    /// The number after the highest one that was delivered or superseded.
    public private(set) var next = 0
    /// Skipped updates that have not arrived since, ascending; almost always empty.
    private var missing: [Range<Int>] = []

    public init() {}

    public mutating func deliver(_ number: Int) -> Arrival {
        if number == next {
            next += 1
            return .inOrder
        }
        if number > next {
            let skipped = next..<number
            missing.append(skipped)
            next = number + 1
            return .ahead(skipped: skipped)
        }
        guard let place = missing.firstIndex(where: { $0.contains(number) }) else { return .duplicate }
        let range = missing[place]
        let rest = [range.lowerBound..<number, number + 1..<range.upperBound].filter { !$0.isEmpty }
        missing.replaceSubrange(place...place, with: rest)
        return .late
    }

    /// Notes that the subscriber shows the state after the update `number`. Returns the updates that it never saw and
    /// that the state includes.
    public mutating func advance(through number: Int) -> Range<Int> {
        guard number >= next else { return number..<number }
        let superseded = next..<number + 1
        next = number + 1
        return superseded
    }
}
