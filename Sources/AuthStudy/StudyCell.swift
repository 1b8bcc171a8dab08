import Clocks
import ExperimentModel
import ExperimentRunner
import FoundationEssentials
import LWS
import OrderUpdates
import Threads
import TransportCore
import Transports

/// One cell of a study: its servers, and its measures in the order that wastes the least time.
struct StudyCell: Sendable {
    let study: SchemeStudy
    let cell: Cell
    let kit: CredentialKit
    let folder: String

    /// With more streams than this, one cause is measured after the other.
    private static let maximumStreamsAtOnce = 200
    private static let shortDeadlines = PreAuthMeasure.Bounds(
        {
            var limits = ServerConfiguration.Limits()
            limits.headerDeadline = .seconds(1)
            limits.firstMessageDeadline = .milliseconds(500)
            return limits
        }())

    private func measures(_ name: String) -> Bool { study.settings.measures.contains(name) }

    // MARK: The vector

    /// All parts except the attacks and the CPU. The pre-auth cost is measured on a server of its own, beside that of
    /// the other parts.
    func vector() async throws -> AuthSummary {
        async let preAuth = measures("pre-auth") && cell.auth != "none" ? self.preAuth() : nil
        var summary = try await main()
        summary.preAuth = try await preAuth
        if measures("reach"), let profile = study.settings.profile(cell.auth) {
            summary.reach = ReachMeasure(profile, over: TransportName(rawValue: cell.transport)).measure()
        }
        return summary
    }

    private func preAuth() async throws -> [AuthSummary.PreAuth] {
        var arguments = arguments(cell.auth)
        arguments.more += ["--header-deadline", "1s", "--first-message-deadline", "500ms"]
        return try await serve(arguments, log: "pre-auth.log") { server, pid in
            try await PreAuthMeasure(target(server), pid: pid, bounds: Self.shortDeadlines).measure()
        }
    }

    /// Runs the attack list against a server of its own, because an attack removes one of its keys.
    func attacks() async throws -> [AuthSummary.Attack] {
        var conditions = AttackConditions()
        // Attacks that wait for a deadline wait as long as it.
        conditions.ticketLifetime = .seconds(1)
        conditions.firstMessageDeadline = .seconds(1)
        var arguments = arguments(cell.auth)
        arguments.origin = conditions.allowedOrigin
        arguments.more += [
            "--ticket-lifetime", "\(conditions.ticketLifetime.seconds)s", "--first-message-deadline",
            "\(conditions.firstMessageDeadline.seconds)s",
        ]
        return try await serve(arguments) { server, _ in
            let bench = try bench(server)
            try await withEnd {
                await bench.shutdown()
            } _: {
                try await makeForeignOrder(bench)
            }
            return try await AttackRun(target: bench.target, kit: kit, conditions: conditions) {
                let text = server.logPath.flatMap(FileManager.default.contents(atPath:)).map {
                    String(decoding: $0, as: UTF8.self)
                }
                return (text ?? "").split(separator: "\n").filter { $0.contains(" tandem.server:") }.map(String.init)
            }.run()
        }
    }

    private func main() async throws -> AuthSummary {
        try await serve(arguments(cell.auth)) { server, _ in
            let bench = try bench(server)
            return try await withEnd {
                await bench.shutdown()
            } _: {
                try await makeForeignOrder(bench)
                return try await UpdateFlow(bench, updatesPerSecond: cell.load.updatesPerSecond).during {
                    try await parts(bench)
                }
            }
        }
    }

    /// Parts that wait for an expiry run beside the others.
    private func parts(_ bench: StudyBench) async throws -> AuthSummary {
        let streams = cell.load.connections
        let enforcement = EnforcementMeasure(bench, streams: streams)
        var causes = measures("enforcement") ? EnforcementMeasure.causes(of: cell.auth) : []
        let takesTurns = streams > Self.maximumStreamsAtOnce
        let isBeside = !takesTurns && causes.contains(.expiry)
        if isBeside { causes.removeAll { $0 == .expiry } }
        let ways = measures("renewal") ? RenewalMeasure.ways(of: cell.auth, over: bench.target.transport) : []
        async let expiry = isBeside ? enforcement.measure(.expiry) : nil
        async let renewal = ways.isEmpty ? nil : RenewalMeasure(bench).measure(ways)
        var summary = AuthSummary()
        var lags: [AuthSummary.Enforcement] = []
        for cause in causes { lags.append(try await enforcement.measure(cause)) }
        if measures("exchanges"), cell.auth != "none" { summary.exchanges = try await ExchangeMeasure(bench).measure() }
        var omissions: [AuthSummary.Omission] = []
        if measures("exposure"), cell.auth != "none" {
            summary.exposure = try await exposure(bench)
            if !FrontProxy.isInstalled {
                omissions.append(
                    .init(part: "exposure", reason: "nginx is not installed, so the logs of a proxy were not searched"))
            }
        }
        if let expiry = try await expiry { lags.append(expiry) }
        summary.enforcement = lags.isEmpty ? nil : lags
        summary.renewal = try await renewal
        if measures("renewal"), ways.isEmpty, cell.auth != "none" {
            omissions.append(
                .init(
                    part: "renewal", reason: "a poll carries its credential itself: the next one carries the later one")
            )
        }
        summary.omissions = omissions.isEmpty ? nil : omissions
        return summary
    }

    private func exposure(_ bench: StudyBench) async throws -> [AuthSummary.LeakSite] {
        let files = [("server log", "\(folder)/server.log"), ("results", study.settings.results)]
        // A proxy that terminates TLS has no client certificate to present.
        guard FrontProxy.isInstalled, bench.hasToken else {
            return try await ExposureMeasure(bench, files: files, proxy: nil).measure()
        }
        let own = folder + "/proxy"
        try SecretFile.makeFolder(own)
        return try await FrontProxy.run(
            before: bench.target.endpoint, certificate: cell.tls ? kit.serverCertificate.clientFiles : nil, in: own
        ) { proxy in
            try await ExposureMeasure(bench, files: files, proxy: proxy).measure()
        }
    }

    // MARK: The cost

    /// The CPU of a verification and of a handshake, beside a server that lets everyone in.
    func costs() async throws -> AuthSummary {
        var summary = AuthSummary()
        guard measures("cpu"), cell.auth != "none" else { return summary }
        let load = cell.load
        return try await serve(arguments(cell.auth)) { server, pid in
            try await serve(arguments("none"), log: "baseline.log") { other, otherPid in
                let subject = try bench(server)
                var baseline = try bench(other)
                baseline.target.scheme = "none"
                let measure = HandshakeMeasure(
                    .init(subject, pid: pid), against: .init(baseline, pid: otherPid))
                try await withEnd {
                    await subject.shutdown()
                    await baseline.shutdown()
                } _: {
                    if let rate = load.connectRate {
                        do {
                            summary.cpu = [try await measure.openLoop(perSecond: rate, count: load.connections)]
                        } catch let error as StudyError {
                            summary.omissions = [.init(part: "cpu", reason: error.message)]
                        }
                    } else {
                        let isBearer = cell.auth == "bearer"
                        let keys: [CredentialKit.Key?] =
                            isBearer ? CredentialKit.Key.algorithms : [subject.hasToken ? .es256 : nil]
                        var cpu = isBearer ? try VerificationMeasure(kit).measure() : []
                        cpu += try await measure.blocks(keys: keys, perBlock: load.connections)
                        summary.cpu = cpu
                    }
                }
                return summary
            }
        }
    }

    // MARK: Servers

    private var orders: Int { cell.load.orders }

    /// Runs a server while the body runs. Its log goes to a file.
    private func serve<Result: Sendable>(
        _ arguments: ServeArguments, log: String = "server.log",
        _ body: (_ server: ServerProcess, _ pid: Int32) async throws -> Result
    ) async throws -> Result {
        var launch = ServerLaunch(tandem: study.settings.tandem, arguments)
        launch.logPath = "\(folder)/\(log)"
        return try await ServerProcess.run(launch, guardian: nil) { server in
            guard let pid = server.pid else { throw StudyError("the server ended as soon as it listened") }
            return try await body(server, pid)
        }
    }

    private func arguments(_ scheme: String) -> ServeArguments {
        var arguments = ServeArguments(cell, owner: CredentialKit.owner)
        arguments.cell.auth = scheme
        arguments.orders = orders + 1
        arguments.cell.heartbeat = .off
        arguments.keySetPath = kit.verificationKeys
        if cell.tls { arguments.certificate = (kit.serverCertificate.certificate, kit.serverCertificate.key) }
        if scheme == "mtls" { arguments.clientAuthority = kit.clientAuthority }
        arguments.more = ["--drain-bound", "0.2", "--clock-skew", "0"]
        return arguments
    }

    private func target(_ server: ServerProcess) -> AuthTarget {
        AuthTarget(
            endpoint: server.endpoint, transport: TransportName(rawValue: cell.transport),
            version: ProtocolVersion(rawValue: cell.protocolVersion) ?? .h1, scheme: cell.auth,
            authority: cell.tls ? kit.authority : nil, order: "order-\(orders)",
            foreignOrder: Self.foreignOrder)
    }

    private static let foreignOrder = "foreign-order"

    private func makeForeignOrder(_ bench: StudyBench) async throws {
        let token = try kit.token("publisher", scopes: [.publish, .command])
        let answer = try await bench.control.send(
            "POST", "/orders", .bearer(token),
            body: "{\"id\":\"\(Self.foreignOrder)\",\"owner\":\"\(CredentialKit.stranger)\"}")
        guard answer.status == 201 else {
            throw StudyError("the order of another owner was answered with \(answer.status)")
        }
    }

    private func bench(_ server: ServerProcess) throws -> StudyBench {
        let target = target(server)
        guard let transport = study.settings.transport(target.transport) else {
            throw StudyError("no transport '\(target.transport)' is registered")
        }
        var bench = try StudyBench(
            target, kit: kit, transport: transport, orders: (0..<orders).compactMap { OrderID("order-\($0)") })
        if let seconds = cell.pollIntervalSeconds { bench.pollInterval = .nanoseconds(Int64(seconds * 1e9)) }
        return bench
    }
}
