import CapacityStudy
import ExperimentModel
import ExperimentRunner
import Foundation
import Testing

@Suite("What a server says that it delivered is held against what arrived") struct DeliveryAccountTests {
    /// 3 updates to 20 subscribers, of 4 orders each its 5.
    private static let load = LoadProfile(name: "small", connections: 20, orders: 4, updatesPerSecond: 10)

    private func account(published: Int64 = 3, delivered: Int64 = 15, received: String) throws -> DeliveryAccount {
        func decode<Value: Decodable>(_ text: String) throws -> Value {
            try JSONDecoder().decode(Value.self, from: Data(text.utf8))
        }
        return DeliveryAccount(
            load: Self.load,
            sent: try decode(
                #"{"published":\#(published),"delivered":\#(delivered),"seconds":0.5,"cpuUser":0.1,"cpuSystem":0.2}"#),
            opening: try decode(#"{"lost": 0, "updates": 0, "bytes": 1000}"#), received: try decode(received))
    }

    private static func report(updates: Int = 15, lost: Int = 0, latency: String = "null") -> String {
        #"{"lost": \#(lost), "updates": \#(updates), "bytes": 4750, "busy": 0.25, "latency": \#(latency)}"#
    }

    @Test("What all arrived has figures, without the bytes of the streams' heads") func figures() throws {
        let account = try account(received: Self.report(latency: #"{"p50": 1, "p99": 250000}"#))
        #expect(account.rejection == nil)
        let delivery = account.delivery(othersBusy: 0.125)
        #expect(delivery.bytesPerUpdate == 250)
        #expect(delivery.latencyP99Nanoseconds == 250_000)
        #expect((delivery.clientBusy, delivery.othersBusy) == (0.25, 0.125))
        var summary = CapacitySummary(isPinned: true)
        summary.delivery = delivery
        #expect(summary.value(of: .updatesPerSecond) == 30)
        #expect(abs(try #require(summary.value(of: .cpuPerUpdate)) - 20_000) < 1e-6)
        #expect(summary.value(of: .latencyP99) == 0.25)
        #expect(summary.value(of: .memoryReturned) == nil)
    }

    @Test(
        "A report that does not fit what was published is no figure",
        arguments: [
            (3, 15, report(lost: 2), "2 connections were lost"),
            (3, 15, report(updates: 14), "it delivered 15 updates, and 14 arrived"),
            // Both say the same, and an update has vanished even so.
            (4, 15, report(), "so 20 were due, and 15 arrived"),
            (0, 0, report(updates: 0), "nothing was published"),
        ] as [(Int64, Int64, String, String)])
    func rejects(published: Int64, delivered: Int64, received: String, reason: String) throws {
        let rejection = try account(published: published, delivered: delivered, received: received).rejection
        #expect(rejection?.contains(reason) == true, "\(rejection ?? "none")")
    }

    @Test("A latency that was not asked for is none") func untimed() throws {
        let delivery = try account(received: Self.report()).delivery(othersBusy: 0)
        #expect(delivery.latencyP99Nanoseconds == nil)
    }

    @Test("Connections are spread evenly over as few processes as may hold them")
    func shares() {
        #expect(ConnectionShares.even(of: 50_000, limit: 19_500) == [16_667, 16_667, 16_666])
        #expect(ConnectionShares.even(of: 19_500, limit: 19_500) == [19_500])
        #expect(ConnectionShares.even(of: 19_501, limit: 19_500) == [9_751, 9_750])
    }

    @Test("The table of strace is read with and without errors, and without its sum") func systemCalls() {
        let table = """
            % time     seconds  usecs/call     calls    errors syscall
            ------ ----------- ----------- --------- --------- ----------------
             97.10    0.300000          15     20000           sendto
              2.90    0.009000           9      1000        12 epoll_wait
              0.00    0.000000           0         5           epoll_ctl
            ------ ----------- ----------- --------- --------- ----------------
            100.00    0.309000          14     21005        12 total
            """
        #expect(SystemCallTable.calls(table) == ["sendto": 20_000, "epoll_wait": 1_000, "epoll_ctl": 5])
        #expect(SystemCallTable.calls("strace: Process 1 attached\n").isEmpty)
    }

    @Test(
        "Updates that a count is divided by come from connections that were all there",
        arguments: [
            (#"{"lost": 0, "updates": 60, "bytes": 1}"#, nil),
            (#"{"lost": 2, "updates": 60, "bytes": 1}"#, "2 connections"),
            (#"{"lost": 0, "updates": 50, "bytes": 1}"#, "delivered nothing"),
        ] as [(String, String?)])
    func tracedUpdates(after: String, reason: String?) throws {
        let (before, after) = try (
            JSONDecoder().decode(LoadClient.Progress.self, from: Data(#"{"lost": 0, "updates": 50, "bytes": 1}"#.utf8)),
            JSONDecoder().decode(LoadClient.Progress.self, from: Data(after.utf8))
        )
        guard let reason else {
            #expect(try SystemCallTable.updates(from: before, to: after) == 10)
            return
        }
        let error = #expect(throws: TrialError.self) { try SystemCallTable.updates(from: before, to: after) }
        #expect(error?.message.contains(reason) == true, "\(String(describing: error))")
    }
}
