import AuthStudy
import Browsers
import Testing
import TransportCore

/// The driver against the browsers of this machine.
@Suite(.serialized) struct InstalledBrowserTests {
    @Test(
        "Chromium is started, spoken to and ended",
        .enabled(if: Chromium().program != nil, "Chromium is not installed (Debian package chromium)"))
    func chromium() async throws { try await speak(to: Chromium()) }

    @Test(
        "Firefox is started, spoken to and ended",
        .enabled(if: Firefox().program != nil, "Firefox is not installed (Debian package firefox-esr)"))
    func firefox() async throws { try await speak(to: Firefox()) }

    private func speak(to installed: some BrowserKind) async throws {
        let kind = HousedBrowser(installed)
        try await PageServer.run { pages in
            try await kind.run { browser in
                #expect(browser.version.wholeMatch(of: /\w+ \d+/) != nil && browser.version.hasPrefix(kind.name))
                #expect(try !kind.processes().isEmpty)
                let page = try await browser.open("\(pages.origin)/")
                try await evaluate(on: page)
                try await fail(on: page)
                try await keepApart(page, browser, pages.origin)
                try await page.close()
            }
        }
        #expect(try kind.processes().isEmpty)
    }

    private func evaluate(on page: any Page) async throws {
        #expect(try await page.evaluate("1 + 1", as: Int.self) == 2)
        #expect(try await page.evaluate("undefined") == .null)
        #expect(try await page.evaluate("({a: ['é', null]})") == ["a": ["é", .null]])
        #expect(try await page.call("Math.max", 3, 7, 5, as: Int.self) == 7)
        #expect(
            try await page.evaluate("new Promise(done => setTimeout(() => done(document.title), 50))") == "observer")
        // More than a frame of either browser's.
        let long = try await page.evaluate("'0123456789'.repeat(2 << 20)", as: String.self)
        #expect(long.utf8.count == 20 << 20 && long.hasSuffix("0123456789"))
    }

    private func fail(on page: any Page) async throws {
        let thrown = await #expect(throws: BrowserError.self) { try await page.evaluate("nowhere()") }
        #expect(thrown?.code == .failed && thrown?.message.contains("nowhere") == true)
        let rejected = await #expect(throws: BrowserError.self) {
            try await page.evaluate("Promise.reject(new Error('not today'))")
        }
        #expect(rejected?.message.contains("not today") == true)
        let late = await #expect(throws: BrowserError.self) {
            try await page.evaluate("new Promise(() => {})", within: .milliseconds(200))
        }
        #expect(late?.code == .timeout)
        let task = Task { try await page.evaluate("new Promise(() => {})", within: .seconds(600)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        // The first page goes on all the same.
        #expect(try await page.evaluate("document.readyState") == "complete")
        let gone = await #expect(throws: BrowserError.self) { try await page.navigate(to: "http://127.0.0.1:1/") }
        #expect(gone?.code == .failed)
    }

    private func keepApart(_ page: any Page, _ browser: any Browser, _ origin: Origin) async throws {
        try await page.navigate(to: "\(origin)/")
        try await page.evaluate("document.cookie = 'a=b'")
        let other = try await browser.open("\(origin)/")
        #expect(try await page.evaluate("document.cookie") == "a=b")
        #expect(try await other.evaluate("document.cookie") == "")
        try await other.close()
    }
}
