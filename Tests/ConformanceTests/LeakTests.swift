import Foundation
import OrderUpdates
import Testing
import TransportCore

/// In a process of its own, since the descriptors of other tests come and go.
@Suite(.serialized) struct LeakTests {
    @Test("Servers, clients and their connections leave no descriptor behind", arguments: Variant.all.indices)
    func leavesNoDescriptor(_ variant: Int) async {
        await #expect(processExitsWith: .success) { [variant] in
            let variant = Variant.all[variant]
            // The first cycle opens what stays for the life of the process, such as random sources.
            try await Self.cycle(variant)
            let before = Self.descriptors()
            for _ in 0..<5 { try await Self.cycle(variant) }
            // A closed descriptor of a loop's thread may outlive the call that ended it by a moment.
            try await eventually("the descriptors to return to \(before)") { Self.descriptors() <= before }
        }
    }

    /// Clients that close, clients that vanish with their server, and clients that are refused.
    private static func cycle(_ variant: Variant) async throws {
        try await Stage.with(variant) { stage in
            let order = try stage.create("leaked")
            var subscribers: [Subscriber] = []
            for _ in 0..<20 { subscribers.append(try await stage.join(order)) }
            try stage.publish(order)
            for subscriber in subscribers { try await subscriber.catchUp() }
            for _ in 0..<5 { _ = try await stage.open(order, as: TokenScheme.unknown).recorder.untilClosed() }
            for subscriber in subscribers.prefix(10) { try await subscriber.close() }
            try await stage.replaceServer()
        }
    }

    private static func descriptors() -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    }
}
