import AuthStudy
import Browsers
import Foundation
import Testing
import TransportCore

/// Programs that are no browsers, or hang: each ends in a clear error, and leaves nothing behind.
@Suite struct StuckBrowserTests {
    /// Starts a script as Chromium, and returns its error once its home has gone and its processes have.
    private func error(
        of script: String, patience: Duration = .seconds(20)
    ) async throws -> BrowserError? {
        try await FakeProgram.with(script) { program, folder in
            let error = await #expect(throws: BrowserError.self) {
                try await Chromium(program: program).run(patience: patience) { _ in }
            }
            let home = FakeProgram.line("home", in: folder)
            #expect(home.contains("tandem-run-") && !FileManager.default.fileExists(atPath: home))
            for name in ["pid", "child"] {
                guard let pid = Int32(FakeProgram.line(name, in: folder)) else { continue }
                #expect(isGone(pid), "\(name) is still there")
            }
            return error
        }
    }

    /// A process whose parent has ended may still wait to be reaped by whoever adopted it.
    private func isGone(_ pid: Int32) -> Bool {
        guard let state = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return true }
        return state.split(separator: ")").last?.hasPrefix(" Z") == true
    }

    @Test("A browser that says nothing is ended when the bound has passed, and so is what it has started")
    func saysNothing() async throws {
        let error = try await error(
            of: "echo $$ >$folder/pid; sleep 600 & echo $! >$folder/child; wait", patience: .milliseconds(500))
        #expect(error?.code == .notStarted)
        #expect(error?.message == "Chromium did not say within 0.5 s where it listens")
    }

    @Test("A browser that ends at once is quoted, and what it has left behind is ended")
    func endsAtOnce() async throws {
        let error = try await error(
            of: "echo 'first line' >&2; echo 'no display' >&2; sleep 600 & echo $! >$folder/child; exit 3")
        #expect(error?.code == .notStarted)
        #expect(error?.message == "Chromium ended at its start: first line / no display")
    }

    @Test("A browser that does not hear SIGTERM is killed")
    func doesNotHear() async throws {
        let error = try await error(
            of: "trap '' TERM; echo $$ >$folder/pid; while true; do sleep 600; done", patience: .milliseconds(300))
        #expect(error?.code == .notStarted)
    }

    @Test("A file that is no program is said to be none")
    func isNoProgram() async throws {
        let error = await #expect(throws: BrowserError.self) {
            try await Firefox(program: "/nowhere/firefox").run { _ in }
        }
        #expect(error?.code == .notStarted)
        #expect(error?.message.contains("/nowhere/firefox: not found") == true, "\(String(describing: error))")
    }

    @Test("What is not installed is a value that says so")
    func isNotInstalled() async throws {
        let firefox = Firefox(program: nil)
        #expect(firefox.absence == "Firefox is not installed (Debian package firefox-esr)")
        let error = await #expect(throws: BrowserError.self) { try await firefox.run { _ in } }
        #expect(error?.code == .notStarted && error?.message == firefox.absence)
    }

    @Test("A browser that speaks no WebSocket is an error")
    func speaksNoWebSocket() async throws {
        let error = try await PageServer.run { pages in
            let address = "\(pages.origin)".replacing("http", with: "ws")
            return try await self.error(
                of: "echo 'DevTools listening on \(address)/devtools' >&2; exec sleep 600")
        }
        #expect(error?.code == .notStarted)
        #expect(error?.message.contains("handshake") == true, "\(String(describing: error))")
    }

    @Test("A browser that takes a connection and never answers is an error when the bound has passed")
    func neverAnswers() async throws {
        let peer = try FailingPeer(.silence, allowing: MeasuringPage.origin)
        defer { peer.stop() }
        let error = try await error(
            of: "echo 'DevTools listening on \(peer.endpoint.url("ws"))/' >&2; exec sleep 600",
            patience: .milliseconds(500))
        #expect(error?.code == .notStarted)
    }

    @Test("An address that is no URL is quoted")
    func isNoURL() async throws {
        let error = try await error(of: "echo 'DevTools listening on nowhere' >&2; exec sleep 600")
        #expect(error?.message.contains("'nowhere'") == true, "\(String(describing: error))")
    }

    @Test("A task that is cancelled ends its browser")
    func isCancelled() async throws {
        try await FakeProgram.with("echo $$ >$folder/pid; exec sleep 600") { program, folder in
            let task = Task { try await Chromium(program: program).run { _ in } }
            for _ in 0..<3_000 where FakeProgram.line("pid", in: folder).isEmpty {
                try await Task.sleep(for: .milliseconds(10))
            }
            task.cancel()
            await #expect(throws: (any Error).self) { try await task.value }
            let pid = try #require(Int32(FakeProgram.line("pid", in: folder)))
            #expect(isGone(pid))
        }
    }

    @Test(
        "A JSON value is what it was written as",
        arguments: [
            (#"{"a":[1,true,null,"x/\"y"],"b":{}}"#, ["a": [1, true, .null, "x/\"y"], "b": [:]]), ("1.5", .number(1.5)),
            ("\"\"", ""), ("false", false),
        ] as [(String, JSONValue)])
    func json(text: String, value: JSONValue) throws {
        #expect(try value.json == text)
        #expect(try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) == value)
    }
}
