internal import ExperimentModel

/// The sentences of a report on sessions.
struct SessionsNarrative {
    let analysis: Analysis
    let sessions: SessionsAnalysis

    var headline: String { sessions.goals.isEmpty ? paths ?? shape : sessions.goals.headline }

    var sentences: [String] {
        var sentences = sessions.goals.isEmpty && paths == nil ? [] : ["\(shape)."]
        if let missed = sessions.goals.missedSentence { sentences.append(missed) }
        if let stops = stopSentence { sentences.append(stops) }
        if let sentence = StormSections(analysis: sessions).errorSentence {
            sentences.append("The model stands beside each measured storm. " + sentence)
        }
        if let stopped = StormSections(analysis: sessions).stoppedSentence { sentences.append(stopped) }
        let impossible = sessions.exclusions.count { $0.status == .skipped }
        if impossible > 0 {
            sentences.append(
                impossible == 1
                    ? "1 cell was skipped as impossible, for the reason that stands below."
                    : "\(Decimals.integer(impossible)) cells were skipped as impossible, each for a reason that stands below."
            )
        }
        let broken = sessions.exclusions.count(where: \.hasFigures)
        if broken > 0 {
            sentences.append(
                "\(Decimals.count(broken, "cell has", "cells have")) trials that failed for what they measured; their figures count."
            )
        }
        let failed = sessions.exclusions.unmeasured.count
        if failed > 0 {
            sentences.append(
                "\(Decimals.count(failed, "cell has", "cells have")) trials that could not be measured, and say why.")
        }
        return sentences
    }

    /// The headline of a run without goals; nil if it measured no path.
    private var paths: String? {
        func transport(_ path: PathResult) -> String { sessions.naming.clientLabel(path.cell) }
        let parts = unique(sessions.paths.map(transport)).enumerated().map { place, name in
            let here = sessions.paths.filter { transport($0) == name }
            let works = here.count { $0.verdict == .works }
            return "\(name)\(place == 0 ? " works" : "") through \(Decimals.integer(works)) of "
                + (place == 0 ? Decimals.count(here.count, "path") : Decimals.integer(here.count))
        }
        return parts.isEmpty ? nil : Prose.list(parts)
    }

    /// Nil if no session got an answer that should have ended it.
    private var stopSentence: String? {
        let control = sessions.recoveries.filter(\.isControl).flatMap(\.stops)
        let stops = sessions.recoveries.filter { !$0.isControl }.flatMap { one in one.stops.map { (one.cell, $0) } }
        let due = stops.filter(\.1.mustStop)
        let stopped = due.reduce(0) { $0 + $1.1.stopped }
        let all = due.reduce(stopped) { $0 + $1.1.cameBack }
        let useless = stops.filter { $0.1.uselessRetries > 0 }
        let retries = useless.reduce(0) { $0 + $1.1.uselessRetries }
        let wasted = control.reduce(0) { $0 + $1.uselessRetries }
        var parts: [String] = []
        if all > 0 {
            let did = stopped == all ? "all did" : "\(Decimals.integer(stopped)) did"
            parts.append(
                "of \(Decimals.count(all, "session")) that met an answer at which a faithful client stops, \(did)")
        }
        if retries > 0 {
            let clients = Prose.list(unique(useless.map { $0.0.session?.client ?? sessions.naming.label($0.0) }))
            parts.append("\(Decimals.count(retries, "useless retry was", "useless retries were")) made, by \(clients)")
        }
        if wasted > 0 {
            let count = Decimals.count(wasted, "useless retry", "useless retries")
            parts.append("the control, which stops at nothing, made \(count)")
        }
        let text = parts.joined(separator: "; ")
        return text.first.map { $0.uppercased() + text.dropFirst() + "." }
    }

    /// `44 cells gave figures, over 3 transports, 2 clients, 4 strategies and 14 faults`.
    private var shape: String {
        let cells =
            sessions.recoveries.map(\.cell) + sessions.storms.map(\.cell) + sessions.drains.map(\.cell)
            + sessions.paths.map(\.cell)
        guard !cells.isEmpty else { return "No cell of this run gave a figure" }
        func count(_ name: String, _ many: String? = nil, _ level: (Cell) -> some Hashable) -> String? {
            let levels = Set(cells.map(level)).count
            return levels > 1 ? Decimals.count(levels, name, many) : nil
        }
        let parts = [
            count("transport") { $0.transport }, count("client") { $0.session?.client },
            count("strategy", "strategies") { $0.session?.recovery }, count("fault") { $0.session?.fault },
            count("path") { $0.session?.path }, count("durability", "durabilities") { $0.session?.durability },
            count("pace") { $0.session?.pace }, count("size") { $0.load.connections },
        ].compactMap { $0 }
        let measured = "\(Decimals.count(cells.count, "cell")) gave figures"
        return parts.isEmpty ? measured : "\(measured), over \(Prose.list(parts))"
    }

    /// The levels that all cells share; nil if there are none.
    var shared: String? {
        let cells =
            sessions.recoveries.map(\.cell) + sessions.storms.map(\.cell) + sessions.drains.map(\.cell)
            + sessions.paths.map(\.cell) + sessions.exclusions.map(\.cell)
        return cells.first.map { sessions.naming.shared($0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    var caveat: String {
        "Everything ran on one machine over loopback: a way back costs no round trip of a network here, and the phases carry over "
            + "better than their sum. No figure is weighed against another."
    }

    /// The methods of the run's studies.
    var method: [String] {
        let own = sessions.studies.flatMap { study -> [String] in
            switch study {
            case .reconnection: Self.reconnection
            case .storm: Self.storm
            case .drain: Self.drain
            case .proxies: Self.proxies
            case .delivery, .auth, .capacity: []
            }
        }
        return own + Self.common
    }

    private static let reconnection = [
        "A session is one state machine over real sockets, the same that the simulation drives: of the native EventSource as the HTML "
            + "standard has it, or of a client with a policy of its own.",
        "Detect: from the fault's beginning until the client knows, and until the server has given the stream up. Wait: until the attempt "
            + "that succeeded began, failed attempts included. Connect: TCP and TLS. Authenticate: until status 200 or 101, or the answer "
            + "to the first message. Replay: until everything is seen that had been published by then.",
        "Caught up counts from the repair. Its ratio sets it, for each session, beside what its phases take at least: the rest of the wait "
            + "that its policy drew, and connect, authenticate and replay as they took before the fault.",
        "The ledger accounts for each acknowledged update once for each session that watches its order. Declared lost: the session was told. "
            + "Silently lost: something later was seen, and no word was said. Undelivered: neither it nor anything later had come when the "
            + "trial ended.",
    ]

    private static let storm = [
        "The kernel cuts the sockets of a storm, so that neither side is told beforehand. The accept rate is what the same server took from "
            + "the same client when connections came one after the other without waiting.",
        "A curve is of the trial in the middle, by the time until 99 % were back; the figures are medians over trials.",
        "The simulation runs the same state machines and policies in virtual time, with the accept rate that was measured. Sizes "
            + "beyond this machine are simulated only, at one accept rate for all policies.",
    ]

    private static let drain = [
        "A drain begins with SIGTERM and ends with the process. A clean reason says why, and whether to come back; a connection that is "
            + "only closed has none."
    ]

    private static let proxies = [
        "Each path is a proxy of its own with a configuration that is known to be good or bad; the settings counted are lines of "
            + "configuration that the transport needs beyond passing requests on. Updates count from their intended times."
    ]

    private static let common = [
        "What had not happened when its trial ended is censored: it counts as later than everything that had, and a quantile that falls "
            + "among such values reads \u{201C}not reached\u{201D}.",
        "Quantiles come from the merged histograms of a cell's trials. Intervals are 95 % bootstraps that resample whole trials, where there "
            + "is more than one.",
    ]
}
