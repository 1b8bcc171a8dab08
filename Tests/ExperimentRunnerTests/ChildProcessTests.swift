import ExperimentRunner
import Glibc
import Testing

@Suite struct ChildProcessTests {
    private func shell<Result: Sendable>(
        _ script: String, body: (ChildProcess) async throws -> Result
    ) async throws -> Result {
        try await ChildProcess.run("the child", "/bin/sh", ["-c", script], processors: nil, body: body)
    }

    @Test("A child process and its parent talk in lines") func talksInLines() async throws {
        let lines = try await shell(#"echo one; read line; echo "got $line"; echo three"#) { child in
            var lines = [try await child.line(within: .seconds(20), waitingFor: "one")]
            try await child.write(line: "two")
            lines.append(try await child.line(within: .seconds(20), waitingFor: "got"))
            lines.append(try await child.line(within: .seconds(20), waitingFor: "three"))
            return lines
        }
        #expect(lines == ["one", "got two", "three"])
    }

    @Test("A long line comes as one line") func aLongLineIsOneLine() async throws {
        let line = try await shell("head -c 300000 /dev/zero | tr '\\0' x; echo") { child in
            try await child.line(within: .seconds(20), waitingFor: "x")
        }
        #expect(line.utf8.count == 300_000)
    }

    @Test("A child that ends early is an error with what it wrote to standard error")
    func anEarlyEndTellsWhatTheChildComplainedOf() async throws {
        let error = await #expect(throws: TrialError.self) {
            try await shell("echo 'no such order' >&2; exit 3") { child in
                try await child.line(within: .seconds(20), waitingFor: "listening")
            }
        }
        #expect(error?.code == .childEnded)
        #expect(error?.message.contains("listening") == true)
        #expect(error?.message.contains("no such order") == true)
    }

    @Test("A child that says nothing in time is an error") func aSilentChildIsEnded() async throws {
        let error = await #expect(throws: TrialError.self) {
            try await shell("exec sleep 600") { child in
                try await child.line(within: .milliseconds(100), waitingFor: "listening")
            }
        }
        #expect(error?.code == .timeout)
    }

    @Test("A child ends with its scope") func theChildEndsWithItsScope() async throws {
        let pid = try await shell("exec sleep 600") { $0.pid }
        #expect(kill(pid, 0) != 0)
    }

    @Test("A child ends when its scope throws") func theChildEndsWhenItsScopeThrows() async throws {
        struct Failure: Error {}
        var pid: Int32 = 0
        await #expect(throws: Failure.self) {
            try await shell("exec sleep 600") { child in
                pid = child.pid
                throw Failure()
            }
        }
        #expect(pid > 0 && kill(pid, 0) != 0)
    }

    @Test("A child ends when its task is cancelled") func theChildEndsWhenItsTaskIsCancelled() async throws {
        let (pids, continuation) = AsyncStream.makeStream(of: Int32.self)
        let task = Task {
            try await shell("exec sleep 600") { child in
                continuation.yield(child.pid)
                return try await child.line(within: .seconds(600), waitingFor: "nothing")
            }
        }
        var iterator = pids.makeAsyncIterator()
        let pid = try #require(await iterator.next())
        task.cancel()
        await #expect(throws: (any Error).self) { try await task.value }
        #expect(kill(pid, 0) != 0)
    }

    @Test("A missing program is an error that says what it was to be") func aMissingProgramIsSaid() async throws {
        let error = await #expect(throws: TrialError.self) {
            try await ChildProcess.run("the server", "/nowhere/at-all", [], processors: nil) { child in
                try await child.line(within: .seconds(20), waitingFor: "listening")
            }
        }
        #expect(error?.message.contains("the server") == true)
    }
}
