import ExperimentModel
import Testing

@Suite struct ExperimentDecodingTests {
    static let minimal = """
        name: small
        title: A small one
        factors:
          transport: [sse, websocket]
        loads:
          fan-out: {connections: 10, orders: 1, updatesPerSecond: 5}
        """

    @Test("A minimal file has the defaults") func minimalFileHasTheDefaults() throws {
        let experiment = try Experiment.decode(Self.minimal, file: "small.yaml")
        #expect(experiment.name == "small")
        #expect(experiment.repetitions == 5)
        #expect(experiment.seed == nil)
        #expect(experiment.sampleSeconds == 60)
        #expect(experiment.interleaving == .mirrored)
        #expect(experiment.floor && experiment.aaPair)
        #expect(experiment.factors.transport.map(\.transport) == ["sse", "websocket"])
        #expect(experiment.factors.levels[.load] == nil)
        #expect(experiment.cells.allSatisfy { $0.heartbeat == .standard || $0.role == .floor })
        #expect(experiment.loads == [LoadProfile(name: "fan-out", connections: 10, orders: 1, updatesPerSecond: 5)])
    }

    @Test("A byte order mark is no part of the file, before a comment or not")
    func byteOrderMark() throws {
        for head in ["", "# a comment\n", "---\n"] {
            let experiment = try Experiment.decode("\u{FEFF}\(head)\(Self.minimal)", file: "small.yaml")
            #expect(experiment.name == "small")
        }
        // Only at the start: anywhere else it is content.
        #expect(throws: ExperimentFileError.self) {
            try Experiment.decode(Self.minimal.replacing("title", with: "\u{FEFF}title"), file: "small.yaml")
        }
        let error = try #require(throws: ExperimentFileError.self) {
            try Experiment.decode("\u{FEFF}nam: x", file: "small.yaml")
        }
        #expect(error.line == 1 && error.column == 1)
    }

    // MARK: A study of auth

    @Test("A study of auth has its own defaults") func aStudyOfAuthHasItsOwnDefaults() throws {
        let experiment = try Experiment.decode("study: auth\n" + Self.minimal, file: "auth.yaml")
        #expect(experiment.study == .auth)
        #expect(experiment.probes == AuthSummary.measures)
        #expect(!experiment.floor && !experiment.aaPair)
        #expect(try Experiment.decode(Self.minimal, file: "small.yaml").study == .delivery)
    }

    @Test("A study of auth may name its measures") func aStudyOfAuthNamesItsMeasures() throws {
        let yaml = "study: auth\nprobes: [enforcement, reach]\n" + Self.minimal
        #expect(try Experiment.decode(yaml, file: "auth.yaml").probes == ["enforcement", "reach"])
    }

    @Test(
        "An unknown study or probe, or a key of another study, is refused",
        arguments: [
            ("study: weather", "unknown study 'weather'"),
            ("study: auth\nprobes: [delivery]", "unknown probes 'delivery'"),
            ("study: auth\nfloor: true", "belongs to a study of delivery"),
            ("study: auth\naaPair: true", "belongs to a study of delivery"),
            ("probes: [enforcement]", "unknown probes 'enforcement'"),
        ])
    func aStudyIsDecodedStrictly(head: String, message: String) {
        #expect {
            try Experiment.decode(head + "\n" + Self.minimal, file: "auth.yaml")
        } throws: {
            "\($0)".contains(message)
        }
    }

    @Test("Every field of a file is read") func everyFieldIsRead() throws {
        let experiment = try Experiment.decode(
            """
            name: full
            title: "5"
            description: Long
            warmupSeconds: 0.25
            measureSeconds: 1.5
            sampleSeconds: 0.5
            repetitions: 3
            seed: 9007199254740991
            interleaving: shuffled
            floor: false
            aaPair: false
            probes: [footprint]
            equivalenceMargin: 0.05
            maximumSeconds: 2500
            factors:
              transport:
                - transport: sse
                  protocol: [h1, h2]
                - {transport: polling, pollInterval: [5, 15], load: one}
              protocol: h1
              tls: [false, true]
              auth: [none, bearer]
              heartbeat: [off, {kind: visible, seconds: 10}]
              pollInterval: 10
              load: [one, two]
              loops: [1, 2]
            loads:
              one: {connections: 1000, orders: 10, updatesPerSecond: 0.5, burst: 16, slowReaders: 5, connectRate: 100}
              two: {connections: 1, orders: 1, updatesPerSecond: 1}
            exclude:
              - {transport: sse, auth: none}
            overrides:
              - when: {transport: polling, tls: true}
                warmupSeconds: 5
                measureSeconds: 2
                repetitions: 1
            """, file: "full.yaml")
        #expect(experiment.title == "5")
        #expect(experiment.description == "Long")
        #expect(experiment.seed == (UInt64(1) << 53) - 1)
        #expect(experiment.interleaving == .shuffled)
        #expect(!experiment.floor && !experiment.aaPair)
        #expect(experiment.sampleSeconds == 0.5)
        #expect(experiment.probes == ["footprint"])
        #expect(
            experiment.factors.levels[.heartbeat] == [.heartbeat(.off), .heartbeat(.init(kind: .visible, seconds: 10))])
        #expect(experiment.factors.transport[1].levels[.pollInterval] == [5, 15])
        #expect(experiment.loads[0].connectRate == 100)
        #expect(experiment.exclude == [[.transport: ["sse"], .auth: ["none"]]])
        #expect(experiment.overrides[0].when == [.transport: ["polling"], .tls: [true]])
        #expect(experiment.overrides[0].repetitions == 1)
        // sse: 2 versions x 2 tls x 1 auth left x 2 heartbeats x 2 loops x 2 loads;
        // polling: 2 tls x 2 auth x 2 heartbeats x 2 intervals x 2 loops x 1 load.
        #expect(experiment.cells.count == 32 + 32)
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        var name: String
        /// The line of the minimal file that is replaced, from 1, and what by; line 0 puts it in front.
        var line: Int
        var text: String
        var code: ExperimentFileError.Code
        /// Where the error must point to.
        var place: (line: Int, column: Int)
        var suggestion: String?
        /// A part of the message.
        var says: String
        var testDescription: String { name }
    }

    static let mistakes: [Mistake] = [
        Mistake(
            name: "mistyped key", line: 2, text: "tilte: A small one", code: .unknownKey, place: (2, 1),
            suggestion: "title", says: "'tilte'"),
        Mistake(
            name: "key that is like none", line: 2, text: "colour: red", code: .unknownKey, place: (2, 1),
            suggestion: nil, says: "'colour'"),
        Mistake(
            name: "mistyped transport", line: 4, text: "  transport: [sse, websockt]", code: .unknownName,
            place: (4, 20), suggestion: "websocket", says: "unknown transport 'websockt'"),
        Mistake(
            name: "mistyped transport in the long form", line: 4, text: "  transport: [{transport: ssse}]",
            code: .unknownName, place: (4, 27), suggestion: "sse", says: "'ssse'"),
        Mistake(
            name: "mistyped factor", line: 4, text: "  transport: sse\n  protcol: h2", code: .unknownKey,
            place: (5, 3), suggestion: "protocol", says: "'protcol' in 'factors'"),
        Mistake(
            name: "load that is not defined", line: 4, text: "  transport: sse\n  load: fanout", code: .unknownName,
            place: (5, 9), suggestion: "fan-out", says: "unknown load"),
        Mistake(
            name: "neighbours swapped", line: 4, text: "  transport: sse\n  auth: baerer", code: .unknownName,
            place: (5, 9), suggestion: "bearer", says: "unknown auth"),
        Mistake(
            name: "text for a number", line: 2, text: "title: T\nrepetitions: many", code: .wrongType,
            place: (3, 14), suggestion: nil, says: "whole number"),
        Mistake(
            name: "fraction for a whole number", line: 2, text: "title: T\nrepetitions: 2.5", code: .wrongType,
            place: (3, 14), suggestion: nil, says: "whole number"),
        Mistake(
            name: "underscore in a whole number", line: 2, text: "title: T\nrepetitions: 1_0", code: .wrongType,
            place: (3, 14), suggestion: nil, says: "is '1_0': leave the underscores out"),
        Mistake(
            name: "underscore in a number", line: 2, text: "title: T\nmeasureSeconds: 1_0.5", code: .wrongType,
            place: (3, 17), suggestion: nil, says: "leave the underscores out"),
        Mistake(
            name: "quoted number", line: 2, text: "title: T\nmeasureSeconds: \"2\"", code: .wrongType,
            place: (3, 17), suggestion: nil, says: "must be a number"),
        Mistake(
            name: "not a number", line: 2, text: "title: T\nmeasureSeconds: .nan", code: .wrongType,
            place: (3, 17), suggestion: nil, says: "must be a number"),
        Mistake(
            name: "yes for true", line: 2, text: "title: T\nfloor: yes", code: .wrongType, place: (3, 8),
            suggestion: nil, says: "true or false"),
        Mistake(
            name: "number for text", line: 2, text: "title: 5", code: .wrongType, place: (2, 8), suggestion: nil,
            says: "quotes"),
        Mistake(
            name: "nothing for text", line: 2, text: "title:", code: .wrongType, place: (2, 7), suggestion: nil,
            says: "missing"),
        Mistake(
            name: "too small", line: 2, text: "title: T\nmeasureSeconds: 0.01", code: .outOfRange, place: (3, 17),
            suggestion: nil, says: "between 0.1 and 86400"),
        Mistake(
            name: "seed above 53 bits", line: 2, text: "title: T\nseed: 9007199254740992", code: .outOfRange,
            place: (3, 7), suggestion: nil, says: "between 0 and"),
        Mistake(
            name: "more loops than a server takes", line: 4, text: "  transport: sse\n  loops: 65", code: .outOfRange,
            place: (5, 10), suggestion: nil, says: "between 1 and 64"),
        Mistake(
            name: "name with a slash", line: 1, text: "name: ../up", code: .outOfRange, place: (1, 7),
            suggestion: nil, says: "file names"),
        Mistake(
            name: "missing key", line: 2, text: "description: T", code: .missingKey, place: (1, 1), suggestion: nil,
            says: "lacks the key 'title'"),
        Mistake(
            name: "key twice", line: 2, text: "title: T\ntitle: U", code: .syntax, place: (2, 1), suggestion: nil,
            says: "twice"),
        Mistake(
            name: "not YAML", line: 2, text: "title: [", code: .syntax, place: (4, 12), suggestion: nil,
            says: "not YAML"),
        Mistake(
            name: "list for a mapping", line: 6, text: "  - fan-out", code: .wrongType, place: (6, 3),
            suggestion: nil, says: "must be a mapping"),
        Mistake(
            name: "more orders than watchers", line: 6, text: "  a: {connections: 1, orders: 2, updatesPerSecond: 1}",
            code: .contradiction, place: (6, 31), suggestion: nil, says: "nobody watches"),
        Mistake(
            name: "no connection that reads", line: 6,
            text: "  a: {connections: 2, orders: 1, updatesPerSecond: 1, slowReaders: 2}",
            code: .outOfRange, place: (6, 68), suggestion: nil, says: "between 0 and 1"),
        Mistake(
            name: "interval of a stream", line: 4, text: "  transport: [{transport: sse, pollInterval: 5}]",
            code: .contradiction, place: (4, 46), suggestion: nil, says: "does not poll"),
        Mistake(
            name: "level twice", line: 4, text: "  transport: [sse, sse]", code: .contradiction, place: (4, 3),
            suggestion: nil, says: "'sse.h1.plain.fan-out' occurs twice"),
        Mistake(
            name: "exclude without a match", line: 2, text: "title: T\nexclude: [{tls: true}]", code: .contradiction,
            place: (3, 11), suggestion: nil, says: "matches no cell"),
        Mistake(
            name: "exclude of everything", line: 2, text: "title: T\nexclude: [{tls: false}]", code: .contradiction,
            place: (5, 3), suggestion: nil, says: "nothing is left"),
        Mistake(
            name: "plan that is too long", line: 2, text: "title: T\nmaximumSeconds: 3", code: .contradiction,
            place: (3, 17), suggestion: nil, says: "allows 3"),
        Mistake(
            name: "accept rate where nothing is simulated", line: 2, text: "title: T\nsimulatedAcceptRate: 3",
            code: .contradiction, place: (3, 22), suggestion: nil, says: "belongs to a study of storms"),
        Mistake(
            name: "more repetitions than the experiment has", line: 2,
            text: "title: T\noverrides: [{when: {transport: sse}, repetitions: 9}]", code: .outOfRange,
            place: (3, 51), suggestion: nil, says: "between 1 and 5"),
    ]

    @Test("A mistake in a file is an error with its line, its column and a suggestion", arguments: mistakes)
    func mistakeIsSaidWithItsPlace(_ mistake: Mistake) throws {
        var lines = Self.minimal.split(separator: "\n").map(String.init)
        lines[mistake.line - 1] = mistake.text
        let yaml = lines.joined(separator: "\n")
        let error = try #require(throws: ExperimentFileError.self) {
            try Experiment.decode(yaml, file: "small.yaml")
        }
        #expect(error.code == mistake.code)
        #expect(error.line == mistake.place.line && error.column == mistake.place.column, "\(error)")
        #expect(error.suggestion == mistake.suggestion)
        #expect(error.message.contains(mistake.says), "\(error)")
        #expect(error.description.hasPrefix("small.yaml:\(mistake.place.line):\(mistake.place.column): "))
    }

    @Test("The error about an unknown name lists the valid ones") func theErrorListsWhatIsValid() throws {
        let yaml = Self.minimal.replacing("websocket", with: "webtransport")
        let error = try #require(throws: ExperimentFileError.self) { try Experiment.decode(yaml, file: "x.yaml") }
        #expect(error.valid == Vocabulary.standard.transports)
        #expect(error.description.hasSuffix("(valid here: sse, websocket, polling, long-polling, in-process)"))
    }

    @Test("A name that was registered is valid") func registeredNamesAreValid() throws {
        var vocabulary = Vocabulary.standard
        vocabulary.transports.append("webtransport")
        let yaml = Self.minimal.replacing("websocket", with: "webtransport")
        let experiment = try Experiment.decode(yaml, file: "x.yaml", vocabulary: vocabulary)
        #expect(experiment.cells.contains { $0.id == "webtransport.h1.plain.fan-out" })
    }

    @Test("A missing or an empty file is an error that says so") func saysThatAFileIsMissingOrEmpty() throws {
        let missing = try #require(throws: ExperimentFileError.self) { try Experiment.load("/nonexistent/a.yaml") }
        #expect(missing.code == .unreadable)
        #expect(missing.description.contains("/nonexistent/a.yaml"))
        let empty = try #require(throws: ExperimentFileError.self) { try Experiment.decode("", file: "a.yaml") }
        #expect(empty.code == .missingKey)
        #expect(empty.line == 1)
    }
}
