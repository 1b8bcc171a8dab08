import ExperimentModel
import Testing

@Suite struct ExperimentCellsTests {
    static let loads = [
        LoadProfile(name: "one", connections: 10, orders: 1, updatesPerSecond: 5),
        LoadProfile(name: "two", connections: 20, orders: 20, updatesPerSecond: 5),
    ]

    static func experiment(_ factors: Factors) -> Experiment {
        Experiment(name: "x", title: "X", factors: factors, loads: loads)
    }

    @Test("Levels are crossed in the order of the file") func levelsAreCrossedInTheOrderOfTheFile() {
        var experiment = Self.experiment(
            Factors(transport: [.init("sse"), .init("websocket")], [.tls: [false, true], .load: ["one", "two"]]))
        experiment.floor = false
        experiment.aaPair = false
        #expect(
            experiment.cells.map(\.id) == [
                "sse.h1.plain.one", "sse.h1.plain.two", "sse.h1.tls.one", "sse.h1.tls.two", "websocket.h1.plain.one",
                "websocket.h1.plain.two", "websocket.h1.tls.one", "websocket.h1.tls.two",
            ])
    }

    @Test("A transport's own levels replace those of the factors") func aTransportsOwnLevelsTakeThePlaceOfTheFactors() {
        var experiment = Self.experiment(
            Factors(
                transport: [
                    .init("sse", [.protocolVersion: ["h2"], .tls: [true]]), .init("websocket", [.load: ["two"]]),
                ], [.tls: [false, true], .load: ["one"]]))
        experiment.floor = false
        experiment.aaPair = false
        #expect(experiment.cells.map(\.id) == ["sse.h2.tls.one", "websocket.h1.plain.two", "websocket.h1.tls.two"])
    }

    @Test("Only a polling cell has an interval") func onlyPollersHaveIntervals() {
        var experiment = Self.experiment(
            Factors(
                transport: [.init("polling"), .init("long-polling"), .init("sse")],
                [.pollInterval: [5, 10], .load: ["one"]]))
        experiment.floor = false
        experiment.aaPair = false
        #expect(experiment.cells.map(\.pollIntervalSeconds) == [5, 10, nil, nil])
    }

    @Test("Cells that a selector excludes are left out") func excludedCellsAreLeftOut() {
        var experiment = Self.experiment(
            Factors(transport: [.init("sse"), .init("polling")], [.tls: [false, true], .load: ["one", "two"]]))
        experiment.floor = false
        experiment.aaPair = false
        experiment.exclude = [[.tls: [true], .load: ["two"]], [.pollInterval: [5]]]
        #expect(experiment.cells.map(\.id) == ["sse.h1.plain.one", "sse.h1.plain.two", "sse.h1.tls.one"])
    }

    @Test("The floor is measured once for each load of a transport that has one")
    func floorIsMeasuredOnceForEachTransportAndLoad() {
        let experiment = Self.experiment(
            Factors(
                transport: [.init("sse", [.protocolVersion: ["h1", "h2"]]), .init("polling")],
                [.tls: [false, true], .load: ["one", "two"]]))
        let floor = experiment.cells.filter { $0.role == .floor }
        #expect(floor.map(\.id) == ["sse.h1.plain.one.floor", "sse.h1.plain.two.floor"])
        #expect(floor.allSatisfy { $0.server == .floor && $0.auth == "none" && !$0.tls })
    }

    @Test("The first cell is measured twice more, to show the noise") func theFirstCellIsMeasuredTwiceForTheNoise() {
        let experiment = Self.experiment(Factors(transport: [.init("websocket")], [.tls: [true], .load: ["one"]]))
        let pair = experiment.cells.filter { $0.role == .aa }
        #expect(pair.map(\.id) == ["websocket.h1.tls.one.a", "websocket.h1.tls.one.b"])
        #expect(Set(pair.map(\.baseID)) == [experiment.cells[0].id])
    }
}
