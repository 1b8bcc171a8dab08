/// A running Chromium.
struct ChromiumSession: Browser {
    let version: String
    let link: BrowserLink

    func open(_ url: String) async throws -> any Page {
        let context = try await link.send("Target.createBrowserContext").member("browserContextId")
        let target = try await link.send(
            "Target.createTarget", ["url": "about:blank", "browserContextId": context]
        ).member("targetId")
        let session = try await link.send("Target.attachToTarget", ["targetId": target, "flatten": true])
            .member("sessionId")
        let page = ChromiumPage(link: link, session: session.text ?? "", context: context)
        try await page.navigate(to: url)
        return page
    }
}

struct ChromiumPage: Page {
    let link: BrowserLink
    let session: String
    let context: JSONValue

    func navigate(to url: String) async throws {
        let answer = try await link.send("Page.navigate", ["url": .text(url)], session: session)
        if let cause = answer["errorText"]?.text { throw BrowserError(.failed, "\(url): \(cause)") }
        try await evaluate(
            "document.readyState === 'complete' || new Promise(done => addEventListener('load', done))")
    }

    func json(of expression: String, within bound: Duration) async throws -> String {
        let answer = try await link.send(
            "Runtime.evaluate", ["expression": Self.script(expression), "awaitPromise": true], session: session,
            within: bound)
        if let details = answer["exceptionDetails"] {
            let cause = details["exception"]?["description"]?.text ?? details["text"]?.text
            throw BrowserError(.failed, cause ?? "a script of the page threw")
        }
        return try answer.member("result").member("value").text ?? "null"
    }

    func close() async throws {
        _ = try await link.send("Target.disposeBrowserContext", ["browserContextId": context])
    }
}
