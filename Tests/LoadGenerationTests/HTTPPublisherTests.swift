import LoadGeneration
import OrderUpdates
import Synchronization
import Testing

@Suite struct HTTPPublisherTests {
    private let update: OrderUpdate

    init() throws {
        update = OrderUpdate(orderID: try #require(OrderID("order-0")), status: .activating, timestamp: 1)
    }

    /// A publisher that was shut down, twice.
    private func ended() async throws -> HTTPPublisher {
        let publisher = try HTTPPublisher(
            PublishForm(to: LoadSpecification.Target(), token: nil), trustedAuthorities: nil)
        await publisher.shutdown()
        await publisher.shutdown()
        return publisher
    }

    @Test("What is published after the shutdown fails at once") func fails() async throws {
        let publisher = try await ended()
        let failures = Mutex<[(Range<Int>, PublicationFailure)]>([])
        publisher.publish(
            [update, update], order: update.orderID, firstSequence: 1, written: { _ in },
            failed: { places, failure in failures.withLock { $0.append((places, failure)) } })
        #expect(failures.withLock { $0.map(\.0) } == [0..<2])
        #expect(failures.withLock { $0.map(\.1) } == [.refused])
        #expect(publisher.statistics.unanswered == 0)
        #expect(publisher.statistics.firstRefusal?.cause.contains("shut down") == true)
    }

    @Test("What is to be acknowledged after the shutdown is answered at once") func answers() async throws {
        let publisher = try await ended()
        let answers = Mutex<[PublicationAnswer]>([])
        publisher.publish(update) { answer in answers.withLock { $0.append(answer) } }
        let answer = try #require(answers.withLock { $0.first })
        guard case .unknown(let cause) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(cause.contains("shut down"))
        #expect(publisher.statistics.unanswered == 0)
    }
}
