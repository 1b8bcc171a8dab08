/// A running Firefox.
struct FirefoxSession: Browser {
    let version: String
    let link: BrowserLink

    func open(_ url: String) async throws -> any Page {
        let user = try await link.send("browser.createUserContext").member("userContext")
        let context = try await link.send("browsingContext.create", ["type": "tab", "userContext": user])
            .member("context")
        let page = FirefoxPage(link: link, context: context, user: user)
        try await page.navigate(to: url)
        return page
    }
}

struct FirefoxPage: Page {
    let link: BrowserLink
    let context: JSONValue
    let user: JSONValue

    func navigate(to url: String) async throws {
        _ = try await link.send(
            "browsingContext.navigate", ["context": context, "url": .text(url), "wait": "complete"])
    }

    func json(of expression: String, within bound: Duration) async throws -> String {
        let answer = try await link.send(
            "script.evaluate",
            ["expression": Self.script(expression), "target": ["context": context], "awaitPromise": true],
            within: bound)
        if answer["type"]?.text == "exception" {
            throw BrowserError(.failed, answer["exceptionDetails"]?["text"]?.text ?? "a script of the page threw")
        }
        return try answer.member("result").member("value").text ?? "null"
    }

    func close() async throws {
        _ = try await link.send("browser.removeUserContext", ["userContext": user])
    }
}
