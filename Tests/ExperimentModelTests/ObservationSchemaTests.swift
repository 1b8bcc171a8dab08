import ExperimentModel
import Foundation
import Testing

@Suite struct ObservationSchemaTests {
    let validator: JSONSchemaValidator

    init() throws {
        let url = URL(fileURLWithPath: RepositoryFiles.path("Docs/observation.schema.json"))
        validator = JSONSchemaValidator(root: try JSONValue(Array(Data(contentsOf: url))))
    }

    private func json(_ observation: Observation) throws -> JSONValue {
        try JSONValue(try ObservationLog.line(observation))
    }

    @Test("Each sample of an observation fits the schema", arguments: SampleObservations.all)
    func everyLineFitsTheSchema(observation: Observation) throws {
        #expect(try validator.errors(in: try json(observation)) == [])
    }

    @Test("The schema is of the version that is written") func theSchemaIsOfThisVersion() throws {
        let schema = validator.root.object?["properties"]?.object?["schema"]
        #expect(schema == .object(["const": .integer(Int64(Observation.currentSchema))]))
    }

    @Test("The schema names every property that is written, and no other") func theSamplesShowEveryProperty() throws {
        var written: Set<String> = []
        func collect(_ value: JSONValue, _ place: String) {
            for (name, member) in value.object ?? [:] {
                written.insert("\(place).\(name)")
                collect(member, "\(place).\(name)")
            }
        }
        for observation in SampleObservations.all { collect(try json(observation), "$") }
        var named: Set<String> = []
        func walk(_ schema: JSONValue, _ place: String) {
            var schema = schema
            if let name = schema.object?["$ref"]?.string?.split(separator: "/").last {
                schema = validator.root.object?["$defs"]?.object?[String(name)] ?? schema
            }
            for (name, member) in schema.object?["properties"]?.object ?? [:] {
                named.insert("\(place).\(name)")
                walk(member, "\(place).\(name)")
            }
        }
        walk(validator.root, "$")
        // The same definition stands in several places, where not each sample has each figure.
        let repeated = named.filter { $0.contains(".load.") || $0.contains(".before.") || $0.contains(".after.") }
        #expect(named.subtracting(repeated).subtracting(written) == [])
        #expect(written.subtracting(named) == [])
    }

    @Test("Each factor has a sample at a level of its own, so that the schema knows it", arguments: Factor.all)
    func theSamplesShowEveryFactor(factor: Factor) {
        #expect(SampleObservations.all.contains { !factor.isUsual(in: $0.cell) }, "\(factor.key)")
    }

    static let breaches: [(path: [String], value: JSONValue?)] = [
        (["cell", "transport"], nil),
        (["cell", "colour"], .string("red")),
        (["cell", "protocol"], .string("h3")),
        (["cell", "load", "connections"], .integer(0)),
        (["status"], .string("fine")),
        (["status"], .string("failed")),  // and no reason
        (["schema"], .integer(1)),
        (["trial"], .number(1.5)),
        (["seed"], .integer(1 << 53)),
        (["startedAt"], .string("yesterday")),
        (["latency", "corrected"], nil),
        (["latency", "corrected", "p50"], .string("fast")),
        (["latency", "corrected", "histogram"], .array([.array([.integer(1), .integer(1)])])),
        (["latency", "corrected", "histogram"], .string("")),
        (["latency", "corrected", "histogram"], .string("HISTF!")),
        (["ledger", "lost"], .integer(-1)),
        (["quality", "fairness", "digest"], .string("")),
    ]

    static let authBreaches: [(path: [String], value: JSONValue?)] = [
        (["auth", "colour"], .string("red")),
        (["auth", "exchanges"], .array([.object(["step": .string("connect")])])),
        (["auth", "exposure"], .array([.object(["name": .string("URL"), "isFound": .string("yes")])])),
        (["auth", "enforcement"], .object([:])),
        (["auth", "omissions"], .array([.object(["part": .string("price"), "reason": .string("x")])])),
        (["auth", "reach"], .array([.object(["client": .string(""), "isUsable": .bool(true)])])),
    ]

    @Test("The schema refuses wrong values in an observation of auth", arguments: authBreaches.indices)
    func theSchemaRefusesOfAuth(index: Int) throws {
        let breach = Self.authBreaches[index]
        let broken = try json(SampleObservations.auth()).setting(breach.path, breach.value)
        #expect(try !validator.errors(in: broken).isEmpty, "\(breach)")
    }

    @Test("The schema refuses wrong values in an observation of deliveries", arguments: breaches.indices)
    func theSchemaRefuses(index: Int) throws {
        let breach = Self.breaches[index]
        let broken = try json(SampleObservations.full()).setting(breach.path, breach.value)
        #expect(try !validator.errors(in: broken).isEmpty, "\(breach)")
    }
}
