import ExperimentModel
import ExperimentRunner
import Foundation
import OrderUpdates
import Testing
import TransportCore

/// A server that delivers other updates than were published, through the whole of the runner; see `Relay/relay.py`.
@Suite struct FairnessTests {
    private static let load = LoadProfile(name: "a", connections: 4, orders: 1, updatesPerSecond: 50)
    private static let tests = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    /// `make floor` builds it.
    private static let floor = tests.deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: ".build/floor/floor-server").path

    /// Beside the test bundle, where the build puts it.
    private static let tandem: String = {
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? "/proc/self/exe"
        return URL(filePath: bundle).resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "tandem")
            .path
    }()

    /// It is the transport's fault.
    @Test("A trial in which our server delivers other updates fails, and is not timed")
    func ourServerIsNotTimed() async throws {
        let observation = try await observe(
            Cell(transport: "sse", auth: "none", heartbeat: .off, load: Self.load), through: "tandem",
            """
            #!/bin/sh
            [ "$1" = load ] && exec \(Self.tandem) "$@"
            exec "${PYTHON:-/usr/bin/python3}" \(Self.tests.path)/Relay/relay.py \(Self.tandem) "$@"
            """)
        #expect(observation.status == .failed)
        #expect(
            observation.reason?.contains("are not those that were published") == true
                && observation.reason?.contains("so nothing is timed") == true, "\(observation.reason ?? "no reason")")
        #expect(observation.measuredSeconds == 0)
        #expect(observation.latency == nil && observation.ledger == nil && observation.resources == nil)
    }

    /// It publishes by itself, so that its updates can only be looked at afterwards: nothing of the trial counts.
    @Test(
        "A trial in which a floor delivered other updates is invalid",
        .enabled(if: FileManager.default.isExecutableFile(atPath: floor), "make floor builds it"))
    func aFloorIsInvalid() async throws {
        let observation = try await observe(
            Cell(transport: "sse", server: .floor, auth: "none", heartbeat: .off, load: Self.load, role: .floor),
            through: "floor-server",
            """
            #!/bin/sh
            exec "${PYTHON:-/usr/bin/python3}" \(Self.tests.path)/Relay/relay.py \(Self.floor) "$@"
            """)
        #expect(observation.status == .invalid)
        #expect(
            observation.reason?.contains("it delivered other updates") == true, "\(observation.reason ?? "no reason")")
    }

    /// Runs one trial, with a script in the place of one of the programs.
    private func observe(_ cell: Cell, through name: String, _ script: String) async throws -> Observation {
        try await TemporaryFolder.with { folder in
            let path = "\(folder.path)/\(name)"
            // Written by a process of its own: a child that another test starts just then would hold a file of ours open, and the
            // kernel executes none that somebody may write (ETXTBSY).
            let draft = folder.path + "/draft"
            try script.write(toFile: draft, atomically: false, encoding: .utf8)
            try Process.run(URL(filePath: "/bin/cp"), arguments: [draft, path]).waitUntilExit()
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
            let capabilities = TransportCapabilities(
                protocolVersions: [.h1], supportsTLS: false, pushes: true, replays: true, carriesCommands: false,
                carriesManyOrders: false, heartbeats: [.control])
            let settings = RunSettings(
                tandem: name == "tandem" ? path : Self.tandem, floorFolder: folder.path,
                credentials: .init(keySetPath: "", subscriberToken: "", publisherToken: "", owner: "alice"),
                capabilities: { $0 == "sse" ? capabilities : nil }, authSchemes: ["none"], probes: [])
            let trial = Trial(number: 1, block: 1, position: 1, cell: cell, warmupSeconds: 0.2, measureSeconds: 0.5)
            let study = DeliveryStudy(settings, in: folder, seed: 1, observer: Silence())
            let outcome = try await ExperimentRun(
                RunIdentity(experiment: "unfair", run: "unfair-1", seed: 1), settings, study, observer: Silence()
            ).run([trial], ObservationWriter(path: folder.path + "/observations.jsonl"))
            return try #require(outcome.observed.first)
        }
    }

    private struct Silence: RunObserver {
        func observe(_ event: RunEvent) {}
    }
}
