internal import ExperimentModel

/// The sentences of a report on auth schemes.
struct AuthNarrative {
    let analysis: Analysis
    let auth: AuthAnalysis

    var headline: String { auth.goals.headline }

    var sentences: [String] {
        var sentences = [
            "\(Decimals.count(auth.vectors.count, "vector")) of \(Decimals.count(auth.schemes.count, "scheme")) on "
                + "\(Decimals.count(auth.paths.count, "path")): a transport over a protocol version, plain or TLS."
        ]
        if let missed = auth.goals.missedSentence { sentences.append(missed) }
        let impossible = auth.exclusions.filter { $0.status == .skipped }
        if !impossible.isEmpty {
            sentences.append(
                "\(Decimals.count(impossible.count, "combination")) cannot exist, each for the reason in its row.")
        }
        let failed = auth.exclusions.unmeasured
        if !failed.isEmpty {
            sentences.append("\(Decimals.count(failed.count, "combination")) could not be measured, and say why.")
        }
        return sentences
    }

    static let caveat =
        "The parts of a vector are not added up, here or anywhere: how much a second of exposure weighs against a round trip is "
        + "for whoever knows the application to say."

    static let method = [
        "Exchanges: a relay between client and server counts connections, bytes and flights, and delays both directions alike, "
            + "so that what belongs to one flight arrives as one; a connection counts as a round trip of its own. Within TLS the "
            + "requests are counted by the client.",
        "Exposure: a planted credential is looked for in the server's log, in the access and error log that an nginx before the "
            + "server keeps by default, in URL, response headers and error bodies, in the Referer that pages of the origin would "
            + "send, in the command lines of all processes, and in the results. What is found is presented again.",
        "Pre-auth cost: connections that say nothing, or half of what is due, are held until the server ends them; its deadlines "
            + "are a tenth of the usual ones. Memory is what the server's private pages grow by, for each.",
        "Enforcement lag: from the moment of the cause (for an expiry the credential's own end, otherwise just before the request "
            + "or the change of the file) to the last update on a stream, or to its end where none came after, which is later: no update follows once a stream has been given up. The last update "
            + "of any stream stands beside it, and the goals go by that.",
        "Renewal: the stream's credential ends while updates flow, and a later one takes its place: by coming back, by a message, "
            + "by a request beside the stream.",
        "CPU: of the server process, to the nanosecond, over blocks of handshakes with and without a credential in turn (A B B A); "
            + "of a verification, by the thread's own clock, beside the check of the token's signature alone in turn.",
        "Attacks: the lists of all cells run before the first trial, several beside each other, each against a server of its own: "
            + "nothing is timed meanwhile.",
        "Legibility: twelve causes are brought about on real servers; what page code is told of one connection is its signal, and the "
            + "bits are the mutual information of cause and signal. It depends on the client, and on the scheme only by which clients "
            + "can use it. Code and settings: counted from the sources.",
        "Reach is what the clients' specifications allow, of the clients that speak the transport; it is not a trial.",
        "Over several trials, and over loads, the worst counts.",
        ParetoFront.rule,
    ]
}
