import ExperimentModel
import ExperimentRunner
import OrderUpdates
import Testing
import TransportCore

@Suite struct ServerLaunchTests {
    private let settings = CellLegalityTests.settings(floorFolder: "/opt/floor")

    private func launch(_ cell: Cell) -> ServerLaunch {
        cell.server == .floor
            ? ServerLaunch(floor: "/opt/floor/floor-server", cell, seconds: 2.5)
            : ServerLaunch(tandem: "/opt/tandem", ServeArguments(cell, settings.credentials, nil))
    }

    @Test("Our server is started with the cell's factors") func ourServerIsGivenTheCellsFactors() {
        let load = LoadProfile(name: "a", connections: 10, orders: 7, updatesPerSecond: 1)
        let launch = launch(
            Cell(
                transport: "sse", protocolVersion: "h2", heartbeat: .init(kind: .visible, seconds: 2.5), load: load,
                loops: 2))
        #expect(launch.program == "/opt/tandem")
        let text = launch.arguments.joined(separator: " ")
        for part in [
            "serve --json --orders 7", "--loops 2", "--orders 7", "--owner alice", "--auth bearer", "--jwks k",
            "--heartbeat-kind visible", "--heartbeat-interval 2500ms", "--h2c-port 0",
        ] { #expect(text.contains(part), "\(part) is not in \(text)") }
        #expect(!text.contains("--tls"))
    }

    @Test("A cell without authentication starts the server without keys") func withoutAuthenticationThereAreNoKeys() {
        let load = LoadProfile(name: "a", connections: 10, orders: 1, updatesPerSecond: 1)
        let text = launch(Cell(transport: "sse", auth: "none", heartbeat: .off, load: load)).arguments
            .joined(separator: " ")
        #expect(text.contains("--auth none") && !text.contains("--jwks"))
        #expect(text.contains("--heartbeat-kind off") && !text.contains("--heartbeat-interval"))
    }

    @Test("A cell of client certificates starts the server with their authority")
    func aServerOfCertificatesIsGivenTheirAuthority() {
        var settings = settings
        settings.credentials.client = .init(
            authorityPath: "clients.pem", owner: CertificateFiles(certificate: "alice.pem", key: "alice.key"))
        let load = LoadProfile(name: "a", connections: 10, orders: 1, updatesPerSecond: 1)
        let cell = Cell(transport: "sse", tls: true, auth: "mtls", load: load)
        let arguments = ServeArguments(cell, settings.credentials, nil).list
        #expect(arguments.joined(separator: " ").contains("--client-ca clients.pem"))
    }

    @Test("What a study changes is what the server is given") func changed() {
        let load = LoadProfile(name: "a", connections: 10, orders: 2, updatesPerSecond: 1)
        var arguments = ServeArguments(Cell(transport: "sse", tls: true, load: load), owner: "bob")
        arguments.orders = 3
        arguments.keySetPath = "keys"
        arguments.certificate = ("server.pem", "server.key")
        arguments.more = ["--clock-skew", "0"]
        let text = arguments.list.joined(separator: " ")
        for part in [
            "--orders 3", "--owner bob", "--jwks keys --allow-origin ", "--tls-cert server.pem --tls-key server.key",
            "--clock-skew 0",
        ] { #expect(text.contains(part), "\(part) is not in \(text)") }
    }

    @Test("The floor is started with the schedule, if there is one") func theFloorIsGivenTheSchedule() {
        let load = LoadProfile(name: "a", connections: 10, orders: 3, updatesPerSecond: 50, burst: 4)
        let launch = launch(Cell(transport: "sse", server: .floor, load: load))
        #expect(launch.program == "/opt/floor/floor-server")
        #expect(launch.arguments.joined(separator: " ").contains("--orders 3 --rate 50.0 --burst 4 --seconds 2.5"))
        let idle = LoadProfile(name: "idle", connections: 10, orders: 3, updatesPerSecond: 0)
        #expect(!self.launch(Cell(transport: "sse", server: .floor, load: idle)).arguments.contains("--rate"))
    }
}
