import Catalog
import Glibc
import OrderUpdates
import Testing
import TransportCore

/// A peer that vanishes sends no FIN and no RST: only what it leaves unanswered tells.
@Suite struct VanishedPeerTests {
    private static let overSockets = (Variant.streaming + Variant.waiting).filter { variant in
        Catalog.socketTransports.contains { $0.name == variant.transport.name }
    }

    @Test("A peer that has vanished is noticed, whatever the transport", arguments: overSockets, [true, false])
    func isNoticed(_ variant: Variant, hasHeartbeats: Bool) async throws {
        try await Stage.with(variant) {
            // Without heartbeats, and under a long poll, only the kernel's own probes ask.
            $0.heartbeat = .init(kind: hasHeartbeats ? .control : .off, interval: .milliseconds(100))
            $0.limits.stalledReader = .seconds(1)
        } _: { stage in
            let order = try stage.create("vanishing")
            var subscription = stage.subscription([order])
            subscription.longPollWait = Watchdog.bound
            let subscriber = stage.open(subscription)
            try await subscriber.catchUp()
            if !variant.isStreaming { try await eventually("the poll") { stage.server.statistics.requests == 2 } }
            #expect(stage.server.statistics.connections > 0)
            let endpoint = stage.server.endpoint
            let port = variant.isH2C ? endpoint.h2cPort : endpoint.port
            try #require(BlackHole.swallow(peersOf: port ?? 0) > 0)
            try await eventually("the server to miss its peer") { stage.server.statistics.connections == 0 }
            _ = try await subscriber.close()
        }
    }
}

/// Sockets whose kernel drops all that arrives for them, without a word to the sender.
enum BlackHole {
    private struct Instruction {
        var code: UInt16
        var jumps: UInt16 = 0
        var value: UInt32 = 0
    }
    private struct Program {
        var length: UInt16
        var instructions: UnsafeMutablePointer<Instruction>
    }

    /// For every socket of this process that is connected to a port: a filter that takes nothing (socket(7), SO_ATTACH_FILTER).
    /// It stands before TCP, so that not even an acknowledgement goes out. Needs no privilege.
    ///
    /// - Returns: how many there were.
    static func swallow(peersOf port: Int) -> Int {
        var swallowed = 0
        for descriptor in 3..<Int32(4096) {
            var peer = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let status = withUnsafeMutablePointer(to: &peer) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) }
            }
            guard status == 0, peer.sin_family == sa_family_t(AF_INET),
                in_port_t(bigEndian: peer.sin_port) == in_port_t(port)
            else { continue }
            // BPF_RET | BPF_K: keep 0 bytes.
            var instruction = Instruction(code: 0x06)
            swallowed += withUnsafeMutablePointer(to: &instruction) { instruction in
                var program = Program(length: 1, instructions: instruction)
                let size = socklen_t(MemoryLayout<Program>.size)
                return setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, size) == 0 ? 1 : 0
            }
        }
        return swallowed
    }
}
