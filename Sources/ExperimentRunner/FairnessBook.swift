package import ExperimentModel

/// What was delivered in earlier trials, by load: every transport must deliver the same.
package struct FairnessBook {
    /// Loads with the same number of orders and updates publish the same, whatever carries them.
    private var digests: [String: (digest: String, cell: String)] = [:]

    /// - Parameter observations: of the same run, when it is resumed.
    package init(_ observations: [Observation] = []) {
        for observation in observations {
            if let digest = observation.quality?.fairness?.digest { _ = check(digest, of: observation.cell) }
        }
    }

    /// Why the trial is refused; nil where it delivered what all others did.
    package mutating func check(_ digest: String, of cell: Cell) -> String? {
        guard let first = digests[cell.load.name] else {
            digests[cell.load.name] = (digest, cell.id)
            return nil
        }
        guard first.digest != digest else { return nil }
        return "it delivered other updates (\(digest)) than \(first.cell) did (\(first.digest)), so the two are not "
            + "comparable"
    }
}
