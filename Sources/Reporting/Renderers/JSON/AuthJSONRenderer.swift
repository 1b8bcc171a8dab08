internal import ExperimentModel
internal import FoundationEssentials

/// `auth.json`: the vectors, the fronts and the goals for programs.
public struct AuthJSONRenderer: Renderer {
    public let fileName = "auth.json"
    public let purpose = "the vector of each auth scheme and path, the fronts and the goals, for programs"

    public init() {}

    public func applies(to analysis: Analysis) -> Bool { analysis.auth != nil }

    private struct File: Encodable {
        var experiment: String
        var runs: [String]
        var measuredSeconds: Double
        var runSeconds: Double?
        var vectors: [Vector]
        var fronts: [Front]
        var goals: [ReportJSON.Goal]
        var gaps: [Gap]
        var legibility: Joined<LegibilityRecord>
        var code: Joined<CodeRecord>
    }

    /// A record of another program, or why there is none.
    private struct Joined<Record: Encodable>: Encodable {
        var record: Record?
        var omission: String

        func encode(to encoder: any Encoder) throws {
            if let record { return try record.encode(to: encoder) }
            try ["omission": omission].encode(to: encoder)
        }
    }

    private struct Vector: Encodable {
        var scheme: String
        var transport: String
        var `protocol`: String
        var tls: Bool
        var trials: Int
        var parts: AuthSummary
        var code: Code?
        /// Information about the cause of a failure, in bits, by client.
        var legibility: [String: Double]?
    }

    private struct Code: Encodable {
        var lines: Int
        var branches: Int
        var settings: Int
        var serverState: String
    }

    private struct Front: Encodable {
        var path: String
        var rule = ParetoFront.rule
        var front: [String]
        var dominated: [String: [String]]
    }

    private struct Gap: Encodable {
        var scheme: String
        var path: String
        var status: String
        var reason: String
    }

    public func render(_ analysis: Analysis) throws -> String {
        guard let auth = analysis.auth else { return "{}\n" }
        let file = File(
            experiment: analysis.experiment, runs: analysis.runs, measuredSeconds: auth.measuredSeconds,
            runSeconds: auth.runSeconds,
            vectors: auth.vectors.map { vector in
                Vector(
                    scheme: vector.scheme, transport: vector.path.transport, protocol: vector.path.protocolVersion,
                    tls: vector.path.tls, trials: vector.trials, parts: vector.summary,
                    code: vector.code.map {
                        Code(lines: $0.lines, branches: $0.branches, settings: $0.settings, serverState: $0.serverState)
                    },
                    legibility: auth.files.legibility.map {
                        Dictionary(
                            $0.bits(for: vector).map { ($0.client, $0.bits) }, uniquingKeysWith: { one, _ in one })
                    })
            },
            fronts: auth.fronts.map { front in
                Front(
                    path: front.path.label, front: front.front.map(\.scheme),
                    dominated: Dictionary(
                        front.dominated.map { ($0.scheme, $0.by) }, uniquingKeysWith: { first, _ in first }))
            },
            goals: auth.goals.map(ReportJSON.Goal.init),
            gaps: auth.exclusions.map {
                Gap(scheme: $0.cell.auth, path: AuthPath($0.cell).label, status: $0.status.rawValue, reason: $0.reason)
            },
            legibility: Joined(record: auth.files.legibility, omission: AuthFiles.noLegibility),
            code: Joined(record: auth.files.code, omission: AuthFiles.noCode))
        return try ReportJSON.text(file)
    }
}
