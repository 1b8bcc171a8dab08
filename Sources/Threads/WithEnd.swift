/// Runs the body and then what ends it, whether or not it has thrown: `defer` takes no `await`.
package func withEnd<Value>(
    _ end: () async -> Void, _ body: () async throws -> Value
) async throws -> Value {
    do {
        let value = try await body()
        await end()
        return value
    } catch {
        await end()
        throw error
    }
}
