/// Runs `body`, then `end`, even if `body` has thrown. It stands in for `defer`, which cannot `await`.
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
