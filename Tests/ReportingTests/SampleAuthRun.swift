import ExperimentModel
import Reporting

/// A made-up study of auth: two paths, four schemes, one of which cannot be on one of them.
enum SampleAuthRun {
    static let load = LoadProfile(name: "streams", connections: 20, orders: 1, updatesPerSecond: 50)
    static let handshakes = LoadProfile(name: "handshakes", connections: 100, orders: 1, updatesPerSecond: 0)

    static func observation(_ cell: Cell, _ trial: Int, _ summary: AuthSummary?, reason: String? = nil) -> Observation {
        var observation = Observation(
            experiment: "auth", run: "auth-20261123T050723Z", seed: 7, trial: trial, block: 1, position: trial,
            cell: cell, status: summary == nil ? .skipped : .ok, reason: reason, startedAt: "2026-11-23T05:07:23Z",
            warmupSeconds: 0, measuredSeconds: summary == nil ? 0 : 1.5)
        observation.auth = summary
        return observation
    }

    /// - Parameters:
    ///   - requests: to connect.
    ///   - exposed: in how many sinks, with a use that is left or not.
    static func summary(requests: Int, exposed: Int, isReusable: Bool, unreached: Bool) -> AuthSummary {
        var summary = AuthSummary()
        summary.exchanges = [
            .init(
                step: "connect", requests: requests, roundTrips: 2 * requests, bytesSent: 500 * requests,
                bytesReceived: 400 * requests),
            .init(step: "renewal", requests: 1, roundTrips: 2, bytesSent: 400, bytesReceived: 105),
        ]
        summary.exposure = ["URL", "proxy access log", "server log"].enumerated().map { index, name in
            index < exposed
                ? .init(name: name, isFound: true, secondsLeft: isReusable ? 3_599 : 29, isReusable: isReusable)
                : .init(name: name, isFound: false)
        }
        summary.preAuth = [
            .init(
                kind: "half a header", bytes: 6_272, descriptors: 1, seconds: 1.01,
                limit: "100000 connections, 1.0 s to the header's end (usually 10.0 s)")
        ]
        summary.enforcement = [
            .init(cause: "revocation", streams: 20, p50: 1.5, p99: 2.5, maximum: 2.5, survivors: 0),
            .init(cause: "key removal", streams: 20, p50: 180, p99: 181, maximum: 181, survivors: 0),
            .init(cause: "expiry", streams: 20, p50: 1.1, p99: 1.4, maximum: 1.4, survivors: 0),
        ]
        summary.renewal = [
            .init(way: "reconnect", gapMilliseconds: 2.5, replayed: 1, duplicated: 0, lost: 0, reconnects: 1),
            .init(way: "side request", gapMilliseconds: 0, replayed: 0, duplicated: 0, lost: 0, reconnects: 0),
        ]
        summary.reach = ["EventSource", "fetch", "curl"].map {
            .init(client: $0, isUsable: !(unreached && $0 == "EventSource"))
        }
        return summary
    }

    static var observations: [Observation] {
        var lines: [Observation] = []
        func add(_ cell: Cell, _ summary: AuthSummary?, reason: String? = nil) {
            lines.append(observation(cell, lines.count + 1, summary, reason: reason))
        }
        for tls in [false, true] {
            func cell(_ scheme: String, _ load: LoadProfile = load) -> Cell {
                Cell(transport: "sse", tls: tls, auth: scheme, load: load)
            }
            add(cell("ticket"), summary(requests: 2, exposed: 2, isReusable: false, unreached: false))
            add(cell("query"), summary(requests: 1, exposed: 2, isReusable: true, unreached: false))
            var bearer = summary(requests: 1, exposed: 0, isReusable: false, unreached: true)
            bearer.attacks = [
                .init(name: "no credential", category: "token", expected: "401", observed: "401", isRepelled: true),
                .init(name: "alg none", category: "token", expected: "401", observed: "200", isRepelled: tls),
            ]
            bearer.omissions = [
                .init(part: "exposure", reason: "nginx is not installed, so its logs were not searched")
            ]
            add(cell("bearer"), bearer)
            add(cell("message"), nil, reason: "only a WebSocket carries messages from the client")
            var cpu = AuthSummary()
            cpu.cpu = [
                .init(work: "verification", algorithm: "ES256", microseconds: 64, ratio: 0.9),
                .init(work: "handshake without a credential", microseconds: 480),
                .init(work: "handshake", algorithm: "ES256", microseconds: 590, ratio: tls ? 1.12 : 1.23),
                .init(work: "handshake, token seen before", algorithm: "ES256", microseconds: 490, ratio: 1.02),
            ]
            add(cell("bearer", handshakes), cpu)
        }
        return lines
    }

    static let files = AuthFiles(
        legibility: LegibilityRecord(
            rows: [("expired", "close, 4001"), ("bad token", "error, CLOSED"), ("not found", "error, CLOSED")].map {
                .init(cause: $0.0, client: "EventSource", browser: "Chromium 143", signal: $0.1)
            },
            bits: ["EventSource": 0.918], bitsByBrowser: ["Chromium 143": ["EventSource": 0.918]], mostBits: 1.585,
            confusion: [
                "Chromium 143": [
                    "EventSource": [
                        "expired": ["expired": 1], "bad token": ["bad token": 0.5, "not found": 0.5],
                        "not found": ["bad token": 0.5, "not found": 0.5],
                    ]
                ]
            ]),
        code: CodeRecord(
            rule: "lines that are neither blank nor comment",
            schemes: [.init(scheme: "bearer", lines: 31, branches: 4, settings: 3, serverState: "none")]))

    static func folder(_ observations: [Observation] = observations, files: AuthFiles = AuthFiles()) -> ResultFolder {
        ResultFolder(
            path: "", observations: observations,
            manifest: RunManifest(
                run: "auth-20261123T050723Z", experiment: "auth", title: "What authentication costs", seed: 7,
                startedAt: "2026-11-23T05:07:23Z", trials: observations.count, estimatedSeconds: 20,
                equivalenceMargin: 0.1, study: .auth),
            environment: SampleRun.environment, authFiles: files)
    }

    static func analysis(_ folder: ResultFolder) throws -> Analysis {
        try Report(options: ReportOptions(resamples: 200)).analyze(folder)
    }
}
