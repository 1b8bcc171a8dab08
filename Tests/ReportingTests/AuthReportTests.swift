import ExperimentModel
import Foundation
import Reporting
import Testing

/// Reports on studies of auth, from lines that were made up.
@Suite struct AuthReportTests {
    private func analysis() throws -> Analysis {
        try SampleAuthRun.analysis(SampleAuthRun.folder(files: SampleAuthRun.files))
    }

    private static let renderers: [any Renderer] = [
        HTMLRenderer(plotter: CaptionPlotter()), MarkdownRenderer(), DecisionRenderer(), CellsCSVRenderer(),
        AuthCSVRenderer(),
        AuthJSONRenderer(),
    ]

    // MARK: Whole files

    @Test("The HTML report is the committed one") func html() async throws {
        let html = try await HTMLRenderer(plotter: CaptionPlotter()).render(try analysis())
        try Fixture.expectPage(html, matches: "auth-report.html")
    }

    @Test("The reports in Markdown, CSV and JSON are the committed ones") func text() throws {
        let analysis = try analysis()
        try Fixture.expect(MarkdownRenderer().render(analysis), matches: "auth-report.md")
        try Fixture.expect(DecisionRenderer().render(analysis), matches: "auth-decision.md")
        try Fixture.expect(AuthCSVRenderer().render(analysis), matches: "auth.csv")
        try Fixture.expect(try AuthJSONRenderer().render(analysis), matches: "auth.json")
    }

    @Test("The summary fits the terminal, and says what a scheme takes", arguments: [60, 100])
    func terminal(width: Int) throws {
        let text = SummaryTable.text(try analysis(), width: width)
        for line in text.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
        #expect(text.contains("bearer takes 1 request"))
    }

    @Test("A report has the files of its study, and none of another") func filesGoByTheStudy() async throws {
        let auth = try await Report(renderers: Self.renderers).render(SampleAuthRun.folder()).files.map(\.name)
        #expect(Set(auth) == ["report.html", "report.md", "decision.md", "auth.csv", "auth.json"])
        let delivery = try await Report(renderers: Self.renderers, options: ReportOptions(resamples: 100)).render(
            ResultFolder(
                path: "", observations: SampleRun(blocks: 2).observations(), environment: SampleRun.environment))
        #expect(!delivery.files.map(\.name).contains("auth.csv"))
        #expect(delivery.files.map(\.name).contains("cells.csv"))
    }

    // MARK: What is said

    @Test("Each line of the CSV has the same columns") func theCSVIsOfEqualColumns() throws {
        let lines = AuthCSVRenderer().render(try analysis()).split(separator: "\r\n")
        #expect(lines.count > 60)
        // No sample text holds a comma or a quote but these reasons.
        for line in lines where !line.contains("\"") {
            #expect(line.split(separator: ",", omittingEmptySubsequences: false).count == 9)
        }
    }

    @Test("A scheme that another one beats is not on the front") func theFrontLeavesOutWhatIsBeaten() throws {
        let auth = try #require(try analysis().auth)
        let front = try #require(auth.fronts.first { $0.path.tls })
        // The query token reaches more clients than the bearer header, and the ticket is used up where it is found.
        #expect(Set(front.front.map(\.scheme)) == ["bearer", "ticket", "query"])
        var lines = SampleAuthRun.observations
        for index in lines.indices where lines[index].cell.auth == "query" {
            lines[index].auth = SampleAuthRun.summary(requests: 2, exposed: 2, isReusable: true, unreached: false)
        }
        let other = try #require(
            try SampleAuthRun.analysis(SampleAuthRun.folder(lines)).auth?.fronts.first { $0.path.tls })
        #expect(Set(other.front.map(\.scheme)) == ["bearer", "ticket"])
        #expect(other.dominated.first?.by == ["ticket"])
        #expect(other.dominated.first?.weaknesses == [.exposure])
    }

    @Test("A scheme that reaches other clients is not dominated by one that is better on every other axis")
    func comparesReachAsASet() throws {
        func front(_ bearer: Set<String>, _ query: Set<String>) throws -> ParetoFront? {
            var lines = SampleAuthRun.observations.filter {
                $0.cell.tls && ["bearer", "query"].contains($0.cell.auth) && $0.cell.load.name == "streams"
            }
            for index in lines.indices {
                let isBearer = lines[index].cell.auth == "bearer"
                lines[index].auth = SampleAuthRun.summary(
                    requests: isBearer ? 1 : 2, exposed: 0, isReusable: false, unreached: false)
                let reached = isBearer ? bearer : query
                lines[index].auth?.reach = ["EventSource", "fetch", "curl"].map {
                    .init(client: $0, isUsable: reached.contains($0))
                }
            }
            return try SampleAuthRun.analysis(SampleAuthRun.folder(lines)).auth?.fronts.first
        }
        let others = try #require(try front(["fetch", "curl"], ["EventSource", "fetch"]))
        #expect(Set(others.front.map(\.scheme)) == ["bearer", "query"])
        #expect(others.front.allSatisfy { !$0.strengths.contains(.reach) })
        let fewer = try #require(try front(["fetch", "curl"], ["fetch"]))
        #expect(fewer.front.map(\.scheme) == ["bearer"] && fewer.dominated.first?.weaknesses.contains(.reach) == true)
        let more = try #require(try front(["fetch", "curl"], ["EventSource", "fetch", "curl"]))
        #expect(Set(more.front.map(\.scheme)) == ["bearer", "query"])
    }

    @Test("What a page is told of a failure is an axis, and axes without figures are named")
    func comparesLegibility() throws {
        var lines = SampleAuthRun.observations.filter { $0.cell.tls && $0.cell.load.name == "streams" }
        for index in lines.indices where lines[index].auth != nil {
            let isBearer = lines[index].cell.auth == "bearer"
            lines[index].auth = SampleAuthRun.summary(requests: 1, exposed: 0, isReusable: false, unreached: false)
            lines[index].auth?.reach = [
                .init(client: "EventSource", isUsable: !isBearer),
                .init(client: "fetch", isUsable: true),
            ]
        }
        let bits = LegibilityRecord(rows: [], bits: ["EventSource": 2.5, "fetch": 1])
        let told = try #require(
            try SampleAuthRun.analysis(SampleAuthRun.folder(lines, files: AuthFiles(legibility: bits))).auth)
        #expect(told.fronts.first?.dominated.map(\.scheme) == ["bearer"])
        #expect(told.fronts.first?.dominated.first?.weaknesses == [.legibility, .reach])
        #expect(told.fronts.first?.missing == [.attacks, .cpu, .code])
        let untold = try #require(try SampleAuthRun.analysis(SampleAuthRun.folder(lines)).auth)
        #expect(untold.fronts.first?.missing == [.legibility, .attacks, .cpu, .code])
    }

    @Test("Differences below the resolution count as none") func differencesBelowTheResolutionAreNone() throws {
        var lines = SampleAuthRun.observations.filter {
            $0.cell.tls && $0.cell.auth != "message" && $0.cell.load.name == "streams"
        }
        for index in lines.indices {
            lines[index].auth = SampleAuthRun.summary(requests: 1, exposed: 0, isReusable: false, unreached: false)
            lines[index].auth?.enforcement?[0].p99 = 2.5 + Double(index)
        }
        let front = try #require(try SampleAuthRun.analysis(SampleAuthRun.folder(lines)).auth?.fronts.first)
        #expect(front.front.count == 3 && front.dominated.isEmpty)
        #expect(front.front.allSatisfy { $0.strengths.isEmpty })
    }

    @Test("A goal is judged by the worst trial, and only where it was measured in full")
    func goalsAreJudgedByTheWorst() throws {
        func outcome(_ name: String, _ change: (inout [Observation]) -> Void = { _ in }) throws -> Goal.Outcome? {
            var lines = SampleAuthRun.observations
            change(&lines)
            return try SampleAuthRun.analysis(SampleAuthRun.folder(lines)).auth?.goals.first { $0.name == name }?
                .outcome
        }
        // Twenty streams do not show what five thousand do.
        #expect(try outcome("Revocation ends streams") == .notMeasured)
        #expect(
            try outcome("Revocation ends streams") { lines in
                for index in lines.indices { lines[index].auth?.enforcement?[0].streams = 5_000 }
            } == .met)
        #expect(
            try outcome("Revocation ends streams") { lines in
                lines[0].auth?.enforcement?[0].survivors = 1
            } == .missed)
        #expect(
            try outcome("Expiry ends streams") { lines in lines[0].auth?.enforcement?[2].p99 = 101 } == .missed)
        // A stream may take longer to end than to fall silent, and it is silence that was asked for.
        #expect(
            try outcome("Expiry ends streams") { lines in
                for index in lines.indices { lines[index].auth?.enforcement?[2].streams = 5_000 }
                lines[0].auth?.enforcement?[2].p99 = 400
                lines[0].auth?.enforcement?[2].lastUpdate = 12
            } == .met)
        #expect(try outcome("A handshake with a credential against one without") == .missed)
        #expect(try outcome("Attacks") == .missed)
        #expect(try outcome("The whole matrix") == .met)
        #expect(try outcome("The whole matrix") { lines in lines[0].measuredSeconds = 200 } == .missed)
        // What is done between the trials counts as well.
        #expect(
            try outcome("The whole matrix") { lines in
                lines[lines.count - 1].startedAt = "2026-11-23T05:09:24Z"
            } == .missed)
        #expect(
            try outcome("The whole matrix") { lines in
                (lines[0].status, lines[0].reason, lines[0].auth) = (.failed, "the server ended", nil)
            } == .notMeasured)
    }

    @Test("A part that was not measured is shown with the reason") func whatIsMissingSaysSo() async throws {
        let html = try await HTMLRenderer(plotter: CaptionPlotter()).render(
            SampleAuthRun.analysis(SampleAuthRun.folder()))
        #expect(html.contains("no browser was tried"))
        #expect(html.contains("not counted"))
        let json = try AuthJSONRenderer().render(SampleAuthRun.analysis(SampleAuthRun.folder()))
        #expect(json.contains("\"omission\" : \"no browser was tried"))
        #expect(html.contains("only a WebSocket carries messages from the client"))
        #expect(html.contains("nginx is not installed"))
    }

    @Test("A report is rendered from whatever part of a run's files there is, and needs the observations alone")
    func anySubset() async throws {
        let files = SampleAuthRun.files
        let folder = SampleAuthRun.folder()
        let encoder = JSONEncoder()
        let parts: [(name: String, bytes: [UInt8])] = [
            ("run.json", Array(try encoder.encode(folder.manifest))),
            ("environment.json", Array(try encoder.encode(folder.environment))),
            ("code.json", Array(try encoder.encode(files.code))),
            ("legibility.json", Array(try encoder.encode(files.legibility))),
        ]
        for subset in 0..<(1 << parts.count) {
            try await Fixture.withFolder { path in
                try Fixture.write(try Fixture.lines(SampleAuthRun.observations), to: path + "/observations.jsonl")
                func has(_ part: Int) -> Bool { subset & 1 << part != 0 }
                for (number, part) in parts.enumerated() where has(number) {
                    try Fixture.write(part.bytes, to: path + "/" + part.name)
                }
                let written = try await Report(renderers: Self.renderers, options: ReportOptions(resamples: 100))
                    .write(ResultFolder(path: path))
                #expect(written.files.count == 5)
                let html = try String(contentsOfFile: path + "/report.html", encoding: .utf8)
                let json = try String(contentsOfFile: path + "/auth.json", encoding: .utf8)
                #expect(json.contains("not counted: ") == !has(2))
                #expect(html.contains("no browser was tried") == !has(3))
            }
        }
    }

    @Test("A report warns that the sources differed from the revision") func changedSourcesAreAWarning() async throws {
        var folder = SampleAuthRun.folder()
        folder.environment?.gitDirty = true
        let analysis = try SampleAuthRun.analysis(folder)
        for text in [
            try await HTMLRenderer(plotter: CaptionPlotter()).render(analysis), MarkdownRenderer().render(analysis),
            DecisionRenderer().render(analysis),
        ] {
            #expect(text.contains("differed from revision 4fa8e77c0f2d"))
        }
    }

    @Test("A file beside the lines that has another form is an error") func aFileOfAnotherFormIsAnError() async throws {
        try await Fixture.withFolder { path in
            try Fixture.write(try Fixture.lines(SampleAuthRun.observations), to: path + "/observations.jsonl")
            try Fixture.write(Array("{\"rows\": 5}".utf8), to: path + "/legibility.json")
            #expect(throws: ReportError.self) { try ResultFolder(path: path) }
            try Fixture.write(Array("{\"rows\": []}".utf8), to: path + "/legibility.json")
            #expect(try ResultFolder(path: path).authFiles.legibility?.rows == [])
        }
    }

    // MARK: Text of others

    private static let script = "<script>alert(1)</script>"
    private static let everything = "\(script)\"\u{301} onmouseover=\"x|a_b*c*`d`\u{1B}[31m\r\n=1+1"

    @Test("Text from outside stays text in every form") func textOfOthersIsText() async throws {
        var lines = SampleAuthRun.observations
        for index in lines.indices where lines[index].auth != nil {
            lines[index].auth?.attacks = [
                .init(
                    name: Self.everything, category: Self.everything, expected: Self.everything,
                    observed: Self.everything, isRepelled: false)
            ]
            lines[index].auth?.omissions = [.init(part: "cpu", reason: Self.everything)]
            lines[index].auth?.exposure?[0].name = Self.everything
        }
        for index in lines.indices where lines[index].status == .skipped { lines[index].reason = Self.everything }
        let files = AuthFiles(
            legibility: LegibilityRecord(
                rows: [.init(cause: Self.everything, client: Self.everything, browser: nil, signal: Self.everything)],
                bits: nil),
            code: CodeRecord(
                rule: Self.everything,
                schemes: [.init(scheme: "bearer", lines: 1, branches: 1, settings: 1, serverState: Self.everything)]))
        let analysis = try SampleAuthRun.analysis(SampleAuthRun.folder(lines, files: files))
        let html = try await HTMLRenderer(plotter: CaptionPlotter()).render(analysis)
        #expect(html.contains("&lt;script&gt;alert(1)"))
        #expect(!html.unicodeScalars.contains("\u{1B}"))
        #expect(!html.contains(Self.script))
        for text in [MarkdownRenderer().render(analysis), DecisionRenderer().render(analysis)] {
            #expect(!text.contains(Self.script))
            #expect(!text.unicodeScalars.contains("\u{1B}"))
        }
        #expect(!SummaryTable.text(analysis, width: 100).unicodeScalars.contains("\u{1B}"))
        // A formula would begin the field.
        #expect(!AuthCSVRenderer().render(analysis).contains(",=1+1"))
    }
}
