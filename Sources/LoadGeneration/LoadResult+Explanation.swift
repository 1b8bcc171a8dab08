extension LoadResult.Publishing {
    /// The number of updates in words, with the window's length and the updates that were not published.
    public func explanation(_ window: String) -> String {
        let (refused, unconfirmed) = (refusedUpdates ?? 0, unconfirmedUpdates ?? 0)
        guard refused + unconfirmed > 0 else { return "\(updates) updates in \(window)" }
        return "\(updates) updates due in \(window): \(updates - refused - unconfirmed) published, \(refused) refused"
            + (unconfirmed > 0 ? ", \(unconfirmed) of unknown outcome" : "")
    }
}

extension LoadResult.Traffic {
    /// Nil if the bytes are unknown, or no update arrived.
    public var bytesPerDelivery: Double? {
        guard let bytesReceived, bytesReceived > 0, let deliveries, deliveries > 0 else { return nil }
        return Double(bytesReceived) / Double(deliveries)
    }
}
