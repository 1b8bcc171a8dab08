import Clocks
import OrderUpdates
import Synchronization

/// Publishes to the orders of a study in turn, at a rate, while a measure runs.
public struct UpdateFlow: Sendable {
    private let bench: StudyBench
    private let updatesPerSecond: Double

    /// - Parameter updatesPerSecond: the rate over all orders together.
    public init(_ bench: StudyBench, updatesPerSecond: Double) {
        self.bench = bench
        self.updatesPerSecond = updatesPerSecond
    }

    /// - Throws: the error of `body`; `StudyError` where the server refuses an update.
    public func during<Result: Sendable>(_ body: @Sendable () async throws -> Result) async throws -> Result {
        let token = try bench.publisherToken()
        let refusal = FirstRefusal()
        let result = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await publish(with: token, refusal) }
            defer { group.cancelAll() }
            return try await body()
        }
        if let refusal = refusal.cause { throw StudyError("the server refused an update: \(refusal)") }
        return result
    }

    /// Follows the schedule and does not wait for answers, until the task is cancelled.
    private func publish(with token: String, _ refusal: FirstRefusal) async {
        await withDiscardingTaskGroup { requests in await schedule(&requests, token, refusal) }
    }

    private func schedule(_ requests: inout DiscardingTaskGroup, _ token: String, _ refusal: FirstRefusal) async {
        let clock = MonotonicClock()
        let start = clock.now
        var number = 0
        while !Task.isCancelled {
            let due = start.advanced(by: .nanoseconds(Int64(Double(number) / updatesPerSecond * 1e9)))
            let rest = clock.now.duration(to: due)
            if rest > .zero, (try? await Task.sleep(for: rest)) == nil { return }
            let next = number
            requests.addTask { refusal.note(await publish(next, token)) }
            number += 1
        }
    }

    /// Nil where the update was accepted, or its publisher was stopped.
    private func publish(_ number: Int, _ token: String) async -> String? {
        let order = bench.orders[number % bench.orders.count]
        do {
            let status = try await bench.publish(to: order, number: number, with: token)
            return status == 202 ? nil : "status \(status)"
        } catch {
            return Task.isCancelled ? nil : "\(error)"
        }
    }
}

/// Written by the requests, and read when they are over.
private final class FirstRefusal: Sendable {
    private let state = Mutex<String?>(nil)

    var cause: String? { state.withLock { $0 } }

    func note(_ cause: String?) {
        guard let cause else { return }
        state.withLock { if $0 == nil { $0 = cause } }
    }
}
