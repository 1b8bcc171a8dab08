import ExperimentModel
import Testing

@Suite struct PrimaryDecodingTests {
    private static func file(
        compare: String = "{transport: websocket}",
        against: String = "{transport: sse, protocol: h1}", metrics: String = "{latency-p50: {margin: 0.2}}",
        blocks: String = "[2, 4, 8]", rest: String = "budgetSeconds: 100"
    ) -> String {
        """
        name: small
        title: Small
        repetitions: 2
        factors:
          transport:
            - {transport: sse, protocol: [h1, h2]}
            - websocket
          tls: [false, true]
          load: [one, two]
        loads:
          one: {connections: 10, orders: 1, updatesPerSecond: 5}
          two: {connections: 10, orders: 2, updatesPerSecond: 5}
        primary:
          compare: \(compare)
          against: \(against)
          metrics: \(metrics)
          blocks: \(blocks)
        \(rest)
        """
    }

    private static func decode(_ yaml: String) throws(ExperimentFileError) -> Experiment {
        try Experiment.decode(yaml, file: "small.yaml")
    }

    @Test("Each cell is paired with the one that differs in nothing but what is asked") func pairs() throws {
        let experiment = try Self.decode(
            Self.file(metrics: "{latency-p50: {margin: 0.2, milliseconds: 10}, cpu-per-update: {margin: 0.1}}"))
        let primary = try #require(experiment.primary)
        #expect(
            primary.pairs.map { "\($0.cell) \($0.against)" } == [
                "websocket.h1.plain.one sse.h1.plain.one", "websocket.h1.plain.two sse.h1.plain.two",
                "websocket.h1.tls.one sse.h1.tls.one", "websocket.h1.tls.two sse.h1.tls.two",
            ])
        #expect(
            primary.metrics == [
                .init("latency-p50", margin: 0.2, milliseconds: 10), .init("cpu-per-update", margin: 0.1),
            ])
        #expect(primary.looks == [2, 4, 8] && experiment.budgetSeconds == 100)
        #expect(experiment.interleaving == .shuffled)
    }

    @Test("Only the cells that are asked about take part in the blocks that are added") func plans() throws {
        let experiment = try Self.decode(Self.file())
        let primary = try #require(experiment.primary)
        let blocks = Dictionary(grouping: TrialPlan(experiment, seed: 1).trials, by: \.block)
        #expect(blocks.keys.max() == 8)
        for block in 1...8 {
            let cells = Set(try #require(blocks[block]).map(\.cell.id))
            let asked = Set(primary.pairs.flatMap { [$0.cell, $0.against] })
            #expect(block <= 2 ? cells.isStrictSuperset(of: asked) : cells == asked)
        }
    }

    @Test(
        "What cannot be compared is refused with its place",
        arguments: [
            (file(against: "{transport: sse, protocol: [h1, h2]}"), "'against' must name one other cell"),
            (
                file(compare: "{transport: sse}", against: "{transport: sse, protocol: h1}"),
                "names sse.h1.plain.one for"
            ),
            (
                file(compare: "{transport: sse, protocol: [h1, h2]}", against: "{transport: websocket}"),
                "'compare' names several cells under one condition"
            ),
            (file(against: "{transport: websocket}"), "'against' must name one other cell"),
            (file(compare: "{transport: polling}"), "'compare' matches no cell"),
            (file(metrics: "{latency-p5: {margin: 0.2}}"), "unknown key 'latency-p5'"),
            (file(metrics: "{latency-p50: {}}"), "lacks the key 'margin'"),
            (file(metrics: "{}"), "'metrics' names nothing to compare"),
            (file(metrics: "{cpu-per-update: {margin: 0.2, milliseconds: 1}}"), "is no time that anybody waits"),
            (file(metrics: "{latency-p50: {margin: 0}}"), "margin"),
            (file(blocks: "[2, 2]"), "ascending numbers of blocks"),
            (file(blocks: "[]"), "is an empty list"),
            (file(blocks: "[1, 4]"), "must not be below 'repetitions' (2)"),
            (file(rest: "interleaving: mirrored"), "'interleaving' must be 'shuffled'"),
            (file(rest: "study: storm"), "'primary' belongs to a study of delivery"),
        ])
    func refuses(yaml: String, message: String) throws {
        let error = #expect(throws: ExperimentFileError.self) { try Self.decode(yaml) }
        #expect(error.map { "\($0)".contains(message) && $0.line != nil } == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test("A budget needs the question that it bounds") func budget() throws {
        let yaml = Self.file().split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(yaml.firstIndex { $0.hasPrefix("primary:") })
        let without = (yaml[..<start] + yaml[(start + 5)...]).joined(separator: "\n")
        let error = #expect(throws: ExperimentFileError.self) { try Self.decode(without) }
        #expect(error.map { "\($0)".contains("it needs 'primary'") } == true)
    }
}
