import Foundation
import Testing

/// A run that is stopped, killed or torn, and goes on.
extension RunTests {
    @Test("A run that is interrupted has a report, and resumes with the missing trials")
    func anInterruptedRunLosesOneTrialAtMostAndGoesOn() async throws {
        try await Command.inFolder { folder in
            try write(Self.experiment, to: folder)
            let run = try await Command.start(
                ["run", "small.yaml", "--out", "results", "--seed", "7", "--json"], in: folder)
            try await Waiting.until("a trial has ended") { run.text.contains(#""event":"observed""#) }
            run.send(SIGINT)
            let first = try await run.outcome()
            #expect(first.status == 130, "\(first.error)")
            #expect(first.output.contains(#""event":"interrupted""#))
            let before = try lines(folder)
            #expect((1..<6).contains(before.count))
            // Even so there is a report of what there is.
            #expect(FileManager.default.fileExists(atPath: folder + "/results/latest/report.html"))

            let second = try await Command.run("run", "--resume", "results/latest", in: folder)
            #expect(!second.error.contains("not as it was"), "\(second.error)")
            let done = before.count
            let announced = "\n\(done) of 6 trials \(done == 1 ? "is" : "are") recorded, \(6 - done) to go, about "
            #expect(second.error.contains(announced), "\(second.error)")
            for place in 1...6 { #expect(second.error.contains("[\(place)/6] ") == (place > done), "\(second.error)") }
            let after = try lines(folder)
            #expect(after.count == 6, "\(second.error)")
            #expect(after.map(\.trial).sorted() == Array(1...6))
            #expect(Array(after.map(\.cell.id).prefix(before.count)) == before.map(\.cell.id))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/results").count == 3)
        }
    }

    @Test("What a run says at its end is said of its whole folder, however often it was resumed")
    func theEndIsOfTheFolder() async throws {
        try await Command.inFolder { folder in
            let yaml = Self.experiment.replacingOccurrences(of: "floor: false", with: "floor: true")
            try write(yaml, to: folder)
            let options = ["--floor", "/nowhere"]
            let first = try await Command.run(
                ["run", "small.yaml", "--out", "results", "--filter", ".floor"] + options, in: folder)
            let floors = Set(try lines(folder).map(\.cell.id))
            #expect(floors.count == 2)
            let report = folder + "/results/latest/report.html"
            try FileManager.default.removeItem(atPath: report)
            let same = try await Command.run(
                ["run", "--resume", "results/latest", "--filter", ".floor"] + options, in: folder)
            #expect(
                same.status == first.status && same.error.contains("\nall 2 trials (--filter .floor) are recorded"),
                "\(same)")
            #expect(FileManager.default.fileExists(atPath: report))
            let second = try await Command.run(["run", "--resume", "results/latest"] + options, in: folder)
            let third = try await Command.run(["run", "--resume", "results/latest"] + options, in: folder)
            for outcome in [first, second, third] {
                #expect(outcome.output.contains("2 trials skipped:\n"), "\(outcome.output)")
                for id in floors {
                    #expect(
                        outcome.output.contains("\n  \(id), 1 trial: /nowhere/floor-server is not built"),
                        "\(outcome.output)")
                }
            }
            #expect(third.output == second.output)
            #expect(third.status == second.status)
            #expect(
                third.error.contains("\nall 8 trials are recorded: nothing is left to run\n"), "\(third.error)")
        }
    }

    @Test("What a filter leaves out is counted apart, and the way back to the rest is said")
    func countersAgree() async throws {
        try await Command.inFolder { folder in
            try write(Self.experiment, to: folder)
            let run = try await Command.start(
                ["run", "small.yaml", "--out", "results", "--filter", "websocket", "--filter", "long"], in: folder)
            let observations = folder + "/results/latest/observations.jsonl"
            try await Waiting.until("a trial has ended") {
                FileManager.default.contents(atPath: observations)?.contains(UInt8(ascii: "\n")) == true
            }
            run.send(SIGINT)
            let outcome = try await run.outcome()
            let done = try lines(folder).count
            #expect(outcome.status == 130, "\(outcome)")
            #expect(outcome.error.contains("4 of 6 trials (--filter websocket --filter long), about "))
            #expect(
                outcome.output.contains("\(done) of 6 trials \(done == 1 ? "is" : "are") recorded"), "\(outcome.output)"
            )
            #expect(outcome.output.contains("\(4 - done) of 4 trials remain; resume with: tandem run --resume /"))
            #expect(
                outcome.output.contains(
                    "--filter websocket --filter long\nthe filter leaves out 2 trials; to run them: tandem run --resume /"
                ))
        }
    }

    @Test("A last line that was cut off is reported, and its trial is measured again")
    func aTornLastLineIsSaidAndMeasuredAgain() async throws {
        try await Command.inFolder { folder in
            try write(Self.experiment, to: folder)
            _ = try await Command.run("run", "small.yaml", "--out", "results", "--filter", "sse", in: folder)
            let path = folder + "/results/latest/observations.jsonl"
            var data = try Data(contentsOf: URL(fileURLWithPath: path))
            data.removeLast(100)
            try data.write(to: URL(fileURLWithPath: path))
            // A report of it says so, to a person and to a script.
            let report = try await Command.run("report", "results/latest", in: folder)
            #expect(report.error.contains("line 2 was cut off"), "\(report.error)")
            #expect(try await summary(of: folder).completeness.torn?.contains("line 2") == true)
            let resumed = try await Command.run("run", "--resume", "results/latest", "--filter", "sse", in: folder)
            #expect(resumed.error.contains("measured again"), "\(resumed.error)")
            #expect(try lines(folder).count == 2)
        }
    }

    @Test("A script is told of a line that was cut off") func aScriptIsToldOfATornLineToo() async throws {
        try await Command.inFolder { folder in
            try write(Self.experiment, to: folder)
            let whole = try await Command.run(
                "run", "small.yaml", "--out", "results", "--filter", "sse.h1.plain", "--json", in: folder)
            #expect(whole.output.contains(#""event":"planned""#))
            #expect(!whole.output.contains(#""torn""#))
            let path = folder + "/results/latest/observations.jsonl"
            var data = try Data(contentsOf: URL(fileURLWithPath: path))
            data.removeLast(100)
            try data.write(to: URL(fileURLWithPath: path))
            let resumed = try await Command.run(
                "run", "--resume", "results/latest", "--filter", "sse.h1.plain", "--json", in: folder)
            let planned = try #require(resumed.output.split(separator: "\n").first)
            #expect(planned.contains(#""event":"planned""#))
            #expect(planned.contains(#""torn":"line 1 was cut off"#), "\(planned)")
        }
    }

    /// Killed as soon as a server lives, before there is a load, and in the midst of a window.
    @Test(
        "A runner that is killed leaves no process and no keys behind",
        arguments: [#""event":"trial""#, #""phase":"measuring""#])
    func nothingIsLeftWhenTheRunnerIsKilled(moment: String) async throws {
        try await Command.inFolder { folder in
            try write(
                Self.experiment.replacingOccurrences(of: "measureSeconds: 0.2", with: "measureSeconds: 60"), to: folder)
            let run = try await Command.start(["run", "small.yaml", "--out", "results", "--json"], in: folder)
            try await Waiting.until("a trial is under way") { run.text.contains(moment) }
            var server: String?
            try await Waiting.until("a server lives") {
                server = Self.children(of: run.pid).map(Self.commandLine).first { $0.contains(" serve ") }
                return server != nil
            }
            let children = Self.children(of: run.pid)
            run.send(SIGKILL)
            _ = try await run.outcome()
            try await Waiting.until("the children have ended") { children.allSatisfy { !Self.isAlive($0) } }
            let keys = try #require(server?.split(separator: " ").first { $0.contains("/tandem-run-") })
            let folder = keys.prefix(upTo: try #require(keys.lastIndex(of: "/")))
            try await Waiting.until("the keys are gone") { !FileManager.default.fileExists(atPath: String(folder)) }
        }
    }

    @Test("A run that is killed keeps the trials it reported, and resumes with the missing ones")
    func aKilledRunLosesOneTrialAtMostAndGoesOn() async throws {
        try await Command.inFolder { folder in
            try write(Self.experiment, to: folder)
            let run = try await Command.start(["run", "small.yaml", "--out", "results", "--json"], in: folder)
            func observed(_ text: String) -> Int { text.components(separatedBy: #""event":"observed""#).count - 1 }
            try await Waiting.until("two trials have ended") { observed(run.text) >= 2 }
            run.send(SIGKILL)
            let told = observed(try await run.outcome().output)
            let before = try lines(folder)
            #expect(before.count >= told && before.count < 6)
            let second = try await Command.run("run", "--resume", "results/latest", in: folder)
            let after = try lines(folder)
            #expect(after.map(\.trial).sorted() == Array(1...6), "\(second.error)")
            #expect(Array(after.map(\.cell.id).prefix(before.count)) == before.map(\.cell.id))
        }
    }

    /// The server has as many processors as loops, the load generator the others; a run goes on as it began.
    @Test(
        "A pinned run gives the server and the load different processors, also when it is resumed",
        .enabled(if: ProcessInfo.processInfo.activeProcessorCount >= 2))
    func pinnedChildrenShareNoProcessor() async throws {
        try await Command.inFolder { folder in
            try write(
                Self.experiment.replacingOccurrences(of: "measureSeconds: 0.2", with: "measureSeconds: 60"), to: folder)
            let first = ["run", "small.yaml", "--out", "results", "--json", "--pin"]
            for arguments in [first, ["run", "--resume", "results/latest", "--json"]] {
                let run = try await Command.start(arguments, in: folder)
                try await Waiting.until("a trial measures") { run.text.contains(#""phase":"measuring""#) }
                let children = Self.children(of: run.pid)
                func processors(_ what: String) -> String? {
                    children.first { Self.commandLine($0).contains(what) }.flatMap(Self.allowedProcessors)
                }
                let (server, load) = (processors(" serve "), processors(" load "))
                run.send(SIGINT)
                _ = try await run.outcome()
                #expect(server.flatMap(Int.init) != nil, "\(server ?? "no server")")
                #expect(load != nil && load != server && load?.hasPrefix("\(server ?? "")-") == false)
            }
        }
    }

    private static func children(of pid: Int32) -> [Int32] {
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
        return tasks.flatMap { task in
            let text = (try? String(contentsOfFile: "/proc/\(pid)/task/\(task)/children", encoding: .utf8)) ?? ""
            return text.split(separator: " ").compactMap { Int32($0) }
        }
    }

    private static func commandLine(_ pid: Int32) -> String {
        let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
        return String(decoding: bytes.map { $0 == 0 ? 0x20 : $0 }, as: UTF8.self)
    }

    private static func allowedProcessors(_ pid: Int32) -> String? {
        let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        return status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }
            .map { $0.dropFirst(18).trimmingCharacters(in: .whitespaces) }
    }

    private static func isAlive(_ pid: Int32) -> Bool {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
        return !stat.contains(") Z ")
    }
}
