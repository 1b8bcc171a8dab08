import ExperimentModel
import Foundation
import Reporting
import Testing

@Suite struct ResultFolderTests {
    private let lines = Array(SampleRun(blocks: 1).observations().prefix(3))

    @Test("A folder is read as the run left it") func readsWhatARunLeaves() async throws {
        try await Fixture.withFolder { path in
            let run = try RunFolder(existing: path)
            try Fixture.write(try Fixture.lines(lines), to: run.observationsPath)
            try run.write(SampleRun.environment)
            let folder = try ResultFolder(path: path)
            #expect(folder.observations == lines)
            #expect(folder.environment == SampleRun.environment)
            #expect(folder.manifest == nil)
            #expect(folder.tornLine == nil)
        }
    }

    @Test("A last line that is cut off is left out, and named") func aTornLastLineIsSaid() async throws {
        try await Fixture.withFolder { path in
            let bytes = try Fixture.lines(lines)
            try Fixture.write(bytes.dropLast(20), to: path + "/observations.jsonl")
            let folder = try ResultFolder(path: path)
            #expect(folder.observations == Array(lines.dropLast()))
            #expect(folder.tornLine?.contains("line 3") == true)
        }
    }

    @Test("A damaged line before others is an error with its number")
    func aDamagedLineWithinIsRefusedWithItsNumber() async throws {
        try await Fixture.withFolder { path in
            let bytes = Array("{\"schema\":1}\n".utf8) + (try Fixture.lines(lines))
            try Fixture.write(bytes, to: path + "/observations.jsonl")
            let error = #expect(throws: ResultError.self) { try ResultFolder(path: path) }
            #expect(error?.line == 1)
        }
    }

    @Test("An error about missing lines says what to do") func whatIsMissingIsSaidWithWhatToDo() async throws {
        let missing = #expect(throws: ReportError.self) { try ResultFolder(path: "/nowhere/at-all") }
        #expect(missing?.code == .missingFile)
        #expect(missing?.message.contains("tandem run") == true)
        try await Fixture.withFolder { path in
            #expect(#expect(throws: ReportError.self) { try ResultFolder(path: path) }?.code == .missingFile)
            try Fixture.write([], to: path + "/observations.jsonl")
            let empty = #expect(throws: ReportError.self) { try ResultFolder(path: path) }
            #expect(empty?.code == .noObservations)
            #expect(empty?.message.contains("--resume") == true)
            let torn = Array(try Fixture.lines(lines).prefix(200))
            try Fixture.write(torn, to: path + "/observations.jsonl")
            let alone = #expect(throws: ReportError.self) { try ResultFolder(path: path) }
            #expect(alone?.code == .noObservations)
            #expect(alone?.message.contains("line 1 was cut off after 200 bytes") == true)
            #expect(alone?.message.contains("--resume") == true)
        }
    }

    @Test("Every form is written beside the lines, and nothing else")
    func writesEveryFormBesideTheLines() async throws {
        try await Fixture.withFolder { path in
            try Fixture.write(try Fixture.lines(lines), to: path + "/observations.jsonl")
            let renderers: [any Renderer] = [
                HTMLRenderer(plotter: MissingPlotter()), MarkdownRenderer(), DecisionRenderer(), CellsCSVRenderer(),
                PercentilesCSVRenderer(), ComparisonsCSVRenderer(),
            ]
            let report = Report(renderers: renderers, options: ReportOptions(resamples: 200))
            let written = try await report.write(try ResultFolder(path: path))
            #expect(written.files.map(\.name) == renderers.map(\.fileName))
            for file in written.files {
                #expect(try String(contentsOfFile: "\(path)/\(file.name)", encoding: .utf8) == file.contents)
            }
            // Nothing half-written is left behind.
            let names = try FileManager.default.contentsOfDirectory(atPath: path)
            #expect(Set(names) == Set(written.files.map(\.name) + ["observations.jsonl"]))
        }
    }

    @Test("An empty file beside the lines is said to be that, with the way out", arguments: ["run", "environment"])
    func emptyFilesAreSaid(name: String) async throws {
        try await Fixture.withFolder { path in
            try Fixture.write(try Fixture.lines(lines), to: path + "/observations.jsonl")
            try Fixture.write([], to: "\(path)/\(name).json")
            let error = #expect(throws: ResultError.self) { try ResultFolder(path: path) }
            #expect(error?.description.contains("/\(name).json: cannot be read: it is empty; repair the file") == true)
            #expect(error?.description.contains("a report does without it") == true)
            try Fixture.write(Array("{,".utf8), to: "\(path)/\(name).json")
            let damaged = #expect(throws: ResultError.self) { try ResultFolder(path: path) }
            #expect(damaged?.description.contains("; repair the file") == true)
            #expect(damaged?.description.contains(".;") == false)
        }
    }

    @Test("A folder in the place of a file is named, with what to do, and nothing is left beside it")
    func foldersInThePlaceOfFiles() async throws {
        for renderer in [MarkdownRenderer(), DecisionRenderer(), CellsCSVRenderer()] as [any Renderer] {
            try await Fixture.withFolder { path in
                try FileManager.default.createDirectory(
                    atPath: "\(path)/\(renderer.fileName)", withIntermediateDirectories: false)
                let report = Report(renderers: [renderer], options: ReportOptions(resamples: 200))
                let folder = ResultFolder(path: path, observations: lines)
                let error = await #expect(throws: ReportError.self) { try await report.write(folder) }
                let message = error?.message ?? ""
                #expect(message.contains("/\(renderer.fileName): cannot replace: a folder has this name: move it away"))
                #expect(!message.contains("NS"))
                #expect(try FileManager.default.contentsOfDirectory(atPath: path) == [renderer.fileName])
            }
        }
    }

    @Test("A report that cannot be written is an error that names its path")
    func aFolderThatCannotBeWrittenIsNamed() async throws {
        let folder = ResultFolder(path: "/nowhere/at-all", observations: lines)
        let report = Report(renderers: [MarkdownRenderer()], options: ReportOptions(resamples: 200))
        let error = await #expect(throws: ReportError.self) { try await report.write(folder) }
        #expect(error?.code == .notWritten)
        #expect(error?.message.contains("/nowhere/at-all/report.md") == true)
    }
}
