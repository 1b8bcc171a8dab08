import ExperimentModel

/// Whether a load measured what it was asked to measure.
public enum LoadSoundness {
    /// The largest share of early deliveries that two clocks in agreement may show.
    private static let earlyShare = 0.01

    /// Every reason why the figures are not the server's, each as a sentence that says what to do; empty if there is
    /// none. Ended connections come first, because they explain most other reasons.
    public static func rejections(to result: LoadResult, of specification: LoadSpecification) -> [String] {
        let ledger = result.ledger
        var reasons: [String] = []
        if result.disconnections > 0 {
            reasons.append("\(result.disconnections) connections ended: \(result.firstDisconnection ?? "no cause")")
        }
        // A few may come from another publisher. If they are half or more, the figures describe the exception.
        let areMost = result.unknownUpdates >= (result.receivedUpdates ?? .max) - result.unknownUpdates
        if result.unknownUpdates > 0, areMost || ledger.delivered + ledger.coalesced == 0 {
            reasons.append(unknown(result, specification))
        }
        if let jumps = result.numberJumps, jumps > 0 {
            reasons.append(
                "\(jumps) updates had a number more than a million ahead of the others, so the numbers do not count the "
                    + "updates: check --sequence-pointer, or leave it out")
        }
        if let refusal = refusal(result.publishing, specification) { reasons.append(refusal) }
        // If nothing else explains the silence, the likely causes are listed.
        if reasons.isEmpty, let reason = silence(result, specification) { return [reason] }
        // A generator at its limit explains late updates, but not missing ones.
        if let reason = SaturationRule.reason(for: result, serverBusyFraction: nil) { reasons.append(reason) }
        let missing = ledger.lost + ledger.undelivered
        if missing > 0 {
            reasons.append(
                "\(missing) of \(ledger.expected) deliveries did not arrive: \(ledger.lost) were passed over, and of "
                    + "\(ledger.undelivered) nothing is known"
                    + (reasons.isEmpty
                        ? "; with a longer --drain or a lower --rate those arrive that are only late, else the server, or a "
                            + "proxy in front of it, drops them"
                        : ""))
        }
        let readers = result.connections - result.slowReaders.count
        if let silent = result.silentConnections, silent < readers {
            reasons.append(
                "\(silent) of \(readers) connections that read received no update, and the others did: nobody published to "
                    + "their orders (take a longer --seconds, or fewer --orders), or the server, or a proxy in front of it, "
                    + "drops them")
        }
        if specification.publishing == .elsewhere,
            Double(result.negativeLatencies) > earlyShare * Double(max(result.latency.corrected.count, 1))
        {
            reasons.append(
                "\(result.negativeLatencies) updates arrived before they were published: the publisher's clock is ahead of "
                    + "this machine's; synchronise the two (NTP), or measure on the publisher's machine")
        }
        return reasons
    }

    /// The publications that were not accepted, and what to do. They include the warm-up, unlike those in the summary.
    private static func refusal(_ publishing: LoadResult.Publishing, _ specification: LoadSpecification) -> String? {
        guard let refusals = publishing.refusals else { return nil }
        let isForeign = specification.foreign != nil
        let hint: String? =
            switch publishing.firstRefusalStatus {
            case 409 where !isForeign:
                "if the server moves its orders itself: try --publish elsewhere, or a server without --demo"
            case 401, 403:
                isForeign
                    ? "say who publishes with --publish-header"
                    : "say who publishes with --publisher-token, which is --token where it is left out"
            default: nil
            }
        return refusals + (hint.map { "; \($0)" } ?? "")
    }

    /// Explains a load in which nothing was published, nothing arrived, or all times are those of a different clock.
    private static func silence(_ result: LoadResult, _ specification: LoadSpecification) -> String? {
        let ledger = result.ledger
        if specification.publishing == .elsewhere, result.publishing.updates == 0,
            let arrivals = result.traffic.deliveries, arrivals > 0
        {
            return
                "\(arrivals) updates arrived within the window, and by their own times none was published in it: the publisher's "
                + "clock and this machine's differ (NTP)"
                + (specification.foreign == nil ? "" : ", or --time-pointer or --time-format is wrong")
        }
        if specification.publishing != .none, result.publishing.updates == 0 {
            return specification.publishing == .http
                ? "nothing was published within the window: it is shorter than the time between two publications; take a longer "
                    + "one (--seconds), or a higher --rate"
                : "nothing arrived that was published within the window: " + causes(specification)
        }
        if ledger.expected > 0, ledger.delivered + ledger.coalesced == 0 {
            return "none of \(ledger.expected) deliveries arrived: " + causes(specification)
        }
        if specification.publishing != .none, ledger.expected == 0 {
            return
                "nothing was measured: no connection that reads watches an order that was published to; take fewer "
                + "--slow-readers, no more --orders than connections that read, or a longer --seconds"
        }
        return nil
    }

    /// Explains updates that cannot be identified.
    private static func unknown(_ result: LoadResult, _ specification: LoadSpecification) -> String {
        let count = result.unknownUpdates
        let received = result.receivedUpdates ?? count
        let lack =
            received > count ? "\(count) of \(received) updates have no" : "\(count) updates arrived, and none has a"
        let number = specification.foreign?.sequencePointer != nil
        return switch specification.publishing {
        case .elsewhere, .server:
            "\(lack) time of publication\(number ? " and whole number below 2^63" : ""): check --time-pointer, "
                + "--time-format and --sequence-pointer"
        case .none:
            "\(count) updates arrived though nobody was to publish: to measure them say --publish elsewhere"
        case .http where number:
            "\(lack) number that was published here: check --sequence-pointer"
        case .http where specification.foreign == nil:
            "\(count) of \(received) updates that arrived were published by others: the server moves its orders itself (serve "
                + "--demo, serve --publish), or another load publishes to them; stop those, or measure them with --publish "
                + "elsewhere"
        case .http:
            "\(lack) time that was published here: check --time-pointer and --time-format, or use --sequence-pointer where "
                + "the server changes times; else another publishes to the same orders"
        }
    }

    /// The reasons why nothing may arrive, the likeliest first.
    private static func causes(_ specification: LoadSpecification) -> String {
        let isElsewhere = specification.publishing == .elsewhere
        let order =
            specification.foreign == nil
            ? "the subscribers watch other orders than are published to (--orders, --orders-prefix)"
            : "the subscription is to another order, or topic, than is published to "
                + (isElsewhere ? "(--target-url)" : "(--target-url, --publish-url)")
        let pointer = specification.foreign.map { "the time does not stand at \($0.timestampPointer) (--time-pointer)" }
        let nobody = isElsewhere ? "nobody published (take a longer --seconds)" : nil
        let causes = [
            nobody, order, pointer, "the stream has a content coding that a proxy added",
            "a proxy holds the stream back (nginx: proxy_buffering off)",
        ].compactMap { $0 }
        return "likely, in this order, " + causes.joined(separator: "; ")
    }
}
