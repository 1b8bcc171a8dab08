import ExperimentRunner
import Testing

@Suite struct PollingTests {
    @Test("A wait returns the first value that is there") func firstValue() async throws {
        var looks = 0
        let value = try await Polling.value(within: .seconds(600), every: .milliseconds(1)) { () -> Int? in
            looks += 1
            return looks < 3 ? nil : looks
        }
        #expect(value == 3)
    }

    @Test("A wait without time looks once", arguments: [true, false]) func once(isThere: Bool) async throws {
        var looks = 0
        let isTrue = try await Polling.isTrue(within: .zero) {
            looks += 1
            return isThere
        }
        #expect(isTrue == isThere && looks == 1)
    }

    @Test("A wait looks once more after its time has passed") func lastLook() async throws {
        let start = ContinuousClock.now
        var wasLate = false
        let isTrue = try await Polling.isTrue(within: .milliseconds(5), every: .milliseconds(2)) {
            wasLate = ContinuousClock.now > start + .milliseconds(5)
            return false
        }
        #expect(!isTrue && wasLate)
    }

    @Test("An error of the condition ends the wait") func failure() async {
        await #expect(throws: CancellationError.self) {
            try await Polling.isTrue(within: .seconds(600)) { throw CancellationError() }
        }
    }
}
