import Clocks

/// The orders that may be evicted, oldest first: those that are terminal and that no loop watches. Such an order is
/// called quiet.
///
/// The list is linked through the timelines themselves (`Timeline.quietLink`). So an order leaves it in constant
/// time when it is retried or watched again, and no stale entry stays behind.
struct EvictionList: Sendable {
    /// Slots in the hub's slab.
    var oldest: Int?
    var newest: Int?
}

extension HubState {
    /// Adds the order at the end of the list or removes it, depending on its status and its watchers.
    mutating func updateQuiet(_ slot: Int) {
        // An order with events that are held back is not quiet: readers have yet to be shown them.
        let isQuiet =
            timelines[slot]!.status.isTerminal && timelines[slot]!.isShown && timelines[slot]!.interests.isEmpty
        if isQuiet == (timelines[slot]!.quietLink != nil) { return }
        if isQuiet { link(slot) } else { unlink(slot) }
    }

    /// Evicts orders that have been quiet for long enough.
    ///
    /// It evicts at most two orders for each call of the hub. Hardly any call makes more than one order quiet, so
    /// the backlog shrinks at a constant cost for each call.
    mutating func evictExpired(_ effects: inout DeferredEffects, calls: Int = 1) {
        guard evictable.oldest != nil else { return }
        let latest = clock.now.advanced(by: .zero - configuration.terminalRetention).nanoseconds
        for _ in 0..<2 * calls {
            guard let slot = evictable.oldest, timelines[slot]!.quietLink!.since <= latest else { return }
            evict(slot, &effects)
        }
    }

    mutating func evict(_ slot: Int, _ effects: inout DeferredEffects) {
        unlink(slot)
        let timeline = timelines[slot].take()!
        slots[timeline.id] = nil
        vacantSlots.append(slot)
        evictedThrough = max(evictedThrough, timeline.latestSequence)
        statistics.orders -= 1
        statistics.eventsKept -= timeline.count
        statistics.evicted += 1
        if journal != nil {
            let change = OrderChange.evicted(
                number: timeline.number(in: epoch), events: timeline.events, lostThrough: timeline.lostThrough)
            queue(change, &effects)
        }
        effects.evicted.append(timeline)
    }

    private mutating func link(_ slot: Int) {
        timelines[slot]!.quietLink = Timeline.QuietLink(since: clock.now.nanoseconds, older: evictable.newest)
        if let newest = evictable.newest { timelines[newest]!.quietLink!.newer = slot } else { evictable.oldest = slot }
        evictable.newest = slot
    }

    private mutating func unlink(_ slot: Int) {
        let link = timelines[slot]!.quietLink!
        timelines[slot]!.quietLink = nil
        if let older = link.older {
            timelines[older]!.quietLink!.newer = link.newer
        } else {
            evictable.oldest = link.newer
        }
        if let newer = link.newer {
            timelines[newer]!.quietLink!.older = link.older
        } else {
            evictable.newest = link.older
        }
    }
}
