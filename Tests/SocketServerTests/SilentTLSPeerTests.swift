import Foundation
import Testing
import TransportCore
import Transports

/// A peer that shakes hands (`openssl s_client`) and says nothing more has the deadline of one that sends no header.
@Suite struct SilentTLSPeerTests {
    private final class Peer {
        private let process = Process()
        private let input = Pipe()
        private let complaints = Pipe()

        init(_ endpoint: Endpoint, protocolName: String) throws {
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = [
                "openssl", "s_client", "-brief", "-alpn", protocolName, "-connect", "127.0.0.1:\(endpoint.port)",
            ]
            // Held open: at the end of its input it would leave by itself.
            process.standardInput = input
            process.standardOutput = FileHandle.nullDevice
            process.standardError = complaints
            try process.run()
        }

        deinit { if process.isRunning { process.terminate() } }

        /// Waits for the end of the handshake.
        func isShaken() -> Bool {
            var text = ""
            while !text.contains("CONNECTION ESTABLISHED") {
                let data = complaints.fileHandleForReading.availableData
                guard !data.isEmpty else { return false }
                text += String(decoding: data, as: UTF8.self)
            }
            return true
        }
    }

    @Test("A peer that shakes hands and says nothing is cut at the header deadline", arguments: ["http/1.1", "h2"])
    func isCutAtTheHeaderDeadline(protocolName: String) async throws {
        let certificate = try SelfSigned()
        func server(deadline: Duration) throws -> TestServer {
            try TestServer {
                $0.limits.headerDeadline = deadline
                $0.tls = .init(certificate: certificate.certificate, key: certificate.key)
            }
        }
        let patient = try server(deadline: .seconds(600))
        let held = try Peer(patient.endpoint, protocolName: protocolName)
        #expect(held.isShaken())
        let strict = try server(deadline: .seconds(1))
        let cut = try Peer(strict.endpoint, protocolName: protocolName)
        #expect(cut.isShaken())
        try await strict.waitUntil("the silent peer is cut") { $0.connections == 0 }
        // It was the deadline, and nothing else.
        #expect(patient.server.statistics.connections == 1)
        withExtendedLifetime((held, cut)) {}
        await patient.server.stop()
        await strict.server.stop()
    }
}
