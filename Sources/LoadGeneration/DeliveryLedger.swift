/// Reconciles what one subscriber received of one order with the order of publication.
///
/// Updates are numbered from 0 in the order in which they were published. A pure state machine: it says what each
/// arrival means, and its owner counts.
public struct DeliveryLedger: Hashable, Sendable {
    /// What an arrival means.
    public enum Arrival: Hashable, Sendable {
        /// The next one.
        case inOrder
        /// A later one: those of the range did not come before it.
        case ahead(skipped: Range<Int>)
        /// One that was skipped before: out of order.
        case late
        case duplicate
    }

    /// The number of the next update that the subscriber has not seen.
    public private(set) var next = 0
    /// What was skipped and has not come since, ascending; nearly always empty.
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

    /// The subscriber shows the state after the update `number`, by a snapshot. Returns those that it never saw and
    /// that the state includes.
    public mutating func advance(through number: Int) -> Range<Int> {
        guard number >= next else { return number..<number }
        let superseded = next..<number + 1
        next = number + 1
        return superseded
    }
}
