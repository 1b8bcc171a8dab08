public import ArgumentParser
import ExperimentModel
import FoundationEssentials
public import Simulation
import TransportCore

/// `tandem simulate storm`: cuts sessions at once, and shows how they reconnect.
struct SimulateStormCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storm",
        abstract: "Simulate sessions that are all cut at one instant.",
        discussion: """
            Policies: \(SessionPolicy.names.joined(separator: ", ")).

            Examples:
              tandem simulate storm --sessions 1000000 --policy full-jitter \\
                --accept-rate 5000 --queue 4096
              tandem simulate storm --policy event-source --rate-limit 2000 \\
                --retry-after 5
              tandem simulate storm --policy exponential --outage 30s \\
                --overflow reset --json
            """)

    @Option(help: "Sessions that are cut; 1 to 2000000.") var sessions = 1_000_000
    @Option(help: ArgumentHelp("How they reconnect.", valueName: "name")) var policy = "full-jitter"
    @Option(help: ArgumentHelp("Connections that the server serves per second; 1 to 1000000.", valueName: "n"))
    var acceptRate = 5_000.0
    @Option(help: ArgumentHelp("Connections that wait to be accepted; 1 to 1000000.", valueName: "n")) var queue = 4_096
    @Option(
        help: "What happens to a connection when the queue is full: drop (no answer, as in Linux) or reset.")
    var overflow = StormParameters.Overflow.drop
    @Option(
        help: ArgumentHelp(
            "Connections per second above which the server answers 503; 1 to 1000000, by default no limit.",
            valueName: "n"))
    var rateLimit: Double?
    @Option(help: ArgumentHelp("The Retry-After of the 503, in seconds; 0 to 3600.", valueName: "seconds"))
    var retryAfter = 1
    @Option(help: ArgumentHelp("The cost of a 503, as a share of that of a connection; 0.01 to 1.", valueName: "share"))
    var refusalCost = 0.25
    @Option(help: "The round trip between clients and server; 10us to 10s.") var roundTrip = Seconds(0.02)
    @Option(help: "The time over which the sessions notice the cut, evenly spread; at most 3600s.") var notice =
        Seconds(0)
    @Option(help: "How long the server is down; at most 3600s.") var outage = Seconds(0)
    @Option(help: "The retry: that the server sent before the cut; 0.1s to 3600s.") var retry = Seconds(1)
    @Option(help: "The latest end of the simulation; 1s to 86400s.") var limit = Seconds(3_600)
    @Option(help: "Random choices follow from it.") var seed: UInt64 = 1
    @Flag(help: "Print the parameters, the figures and the whole curve as JSON.") var json = false

    func validate() throws {
        guard SessionPolicy.named(policy) != nil else {
            let nearest = NearestName.of(policy, among: SessionPolicy.names).map { "; did you mean '\($0)'?" } ?? ""
            let names = SessionPolicy.names.joined(separator: ", ")
            throw ValidationError("--policy: no policy is called '\(policy)'\(nearest) (valid here: \(names))")
        }
        try OptionRange.check("--sessions", sessions, in: StormParameters.sessionRange)
        try OptionRange.check("--accept-rate", acceptRate, in: StormParameters.rateRange)
        try OptionRange.check("--queue", queue, in: StormParameters.queueRange)
        if let rateLimit { try OptionRange.check("--rate-limit", rateLimit, in: StormParameters.rateRange) }
        try OptionRange.check("--retry-after", retryAfter, in: StormParameters.retryAfterRange)
        try OptionRange.check("--refusal-cost", refusalCost, in: StormParameters.costRange)
        try OptionRange.check("--round-trip", roundTrip.value, in: StormParameters.roundTripRange)
        try OptionRange.check("--notice", notice.value, in: StormParameters.durationRange)
        try OptionRange.check("--outage", outage.value, in: StormParameters.durationRange)
        try OptionRange.check("--retry", Int(retry.value * 1_000), in: StormParameters.retryRange)
        try OptionRange.check("--limit", limit.value, in: StormParameters.limitRange)
    }

    func run() throws {
        let storm = StormSimulation.run(parameters, progress: progress)
        if StatusLine.isPossible { StatusLine.clear() }
        guard json else { return StandardStreams.output(StormText(storm).text) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        print(String(decoding: try encoder.encode(storm), as: UTF8.self))
    }

    /// A line with the progress on a terminal: a million sessions take some ten seconds.
    private var progress: (_ finished: Int, _ seconds: Double) -> Void {
        guard StatusLine.isPossible else { return { _, _ in } }
        StatusLine.show("cutting \(sessions) sessions")
        let sessions = sessions
        return { finished, seconds in
            StatusLine.show(
                "\(finished) of \(sessions) sessions back or stopped, \(LoadSummary.decimals(seconds, 1)) s after the cut"
            )
        }
    }

    private var parameters: StormParameters {
        var parameters = StormParameters(sessions: sessions, policy: policy, acceptRate: acceptRate, queue: queue)
        parameters.overflow = overflow
        parameters.rateLimit = rateLimit
        parameters.retryAfterSeconds = retryAfter
        parameters.refusalCost = refusalCost
        parameters.roundTripSeconds = roundTrip.value
        parameters.noticeSeconds = notice.value
        parameters.outageSeconds = outage.value
        parameters.retryMilliseconds = Int(retry.value * 1_000)
        parameters.limitSeconds = limit.value
        parameters.seed = seed
        return parameters
    }
}

extension StormParameters.Overflow: ExpressibleByArgument {}
