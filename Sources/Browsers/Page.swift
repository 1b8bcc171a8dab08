import FoundationEssentials

/// A page of a running browser, in a context of its own: it shares no cookies with other pages.
package protocol Page: Sendable {
    /// Returns when the page has loaded.
    func navigate(to url: String) async throws
    /// The value of an expression, or of its promise, as JSON text.
    ///
    /// - Throws: `BrowserError` where the script throws, or no answer comes within the bound.
    func json(of expression: String, within bound: Duration) async throws -> String
    func close() async throws
}

extension Page {
    /// The value of an expression, or of its promise; `undefined` is null.
    ///
    /// - Throws: `BrowserError` where the script throws, the bound passes, or the value is of another type.
    @discardableResult
    package func evaluate<Value: Decodable>(
        _ expression: String, as type: Value.Type = JSONValue.self, within bound: Duration = .seconds(30)
    ) async throws -> Value {
        let json = try await json(of: expression, within: bound)
        do {
            return try JSONDecoder().decode(type, from: Data(json.utf8))
        } catch {
            throw BrowserError(.failed, "a page said \(json.prefix(200)), which is no \(type)")
        }
    }

    /// Calls a function of the page; returns its value, or that of its promise.
    @discardableResult
    package func call<Value: Decodable>(
        _ function: String, _ arguments: JSONValue..., as type: Value.Type = JSONValue.self,
        within bound: Duration = .seconds(30)
    ) async throws -> Value {
        let list = try arguments.map { try $0.json }.joined(separator: ", ")
        return try await evaluate("\(function)(\(list))", as: type, within: bound)
    }

    /// The protocols encode JavaScript values differently. A string of JSON is the same in both.
    static func script(_ expression: String) -> JSONValue {
        "(async () => JSON.stringify((await (\(expression))) ?? null))()"
    }
}
