extension LoadResult.Publishing {
    /// What a person reads, with the window's length after it: the updates, and what became of those that were not published.
    public func explanation(_ window: String) -> String {
        let (refused, unconfirmed) = (refusedUpdates ?? 0, unconfirmedUpdates ?? 0)
        guard refused + unconfirmed > 0 else { return "\(updates) updates in \(window)" }
        return "\(updates) updates due in \(window): \(updates - refused - unconfirmed) published, \(refused) refused"
            + (unconfirmed > 0 ? ", \(unconfirmed) of unknown outcome" : "")
    }
}

extension LoadResult.Traffic {
    /// Nil where the bytes are unknown, or nothing arrived to divide them by.
    public var bytesPerDelivery: Double? {
        guard let bytesReceived, bytesReceived > 0, let deliveries, deliveries > 0 else { return nil }
        return Double(bytesReceived) / Double(deliveries)
    }
}
