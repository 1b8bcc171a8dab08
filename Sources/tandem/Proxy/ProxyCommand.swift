import ArgumentParser
import Catalog
import ExperimentModel
import FaultInjection
import FoundationEssentials
import Glibc

/// `tandem proxy`: runs the fault proxy in front of a server.
struct ProxyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proxy",
        abstract: "Pass connections on to a server, and break them by a plan or on request.",
        discussion: """
            The control port begins, ends and lists faults over HTTP. A plan begins when the proxy starts. TLS passes through \
            unchanged. SIGTERM resets all connections and ends the proxy.

            Examples:
              tandem proxy --target 127.0.0.1:8080 --listen 127.0.0.1:9090 \\
                --control-port 9091
              tandem proxy --target 127.0.0.1:8080 --plan plan.yaml --seed 7
              curl http://127.0.0.1:9091/faults
              curl --json '{"fault": "black-hole", "for": 5}' \\
                http://127.0.0.1:9091/faults
              curl -X DELETE http://127.0.0.1:9091/faults
            """)

    @Option(help: ArgumentHelp("The server that connections are passed on to.", valueName: "host:port"))
    var target: SocketName
    @Option(help: ArgumentHelp("The address to listen on; port 0 lets the system choose.", valueName: "host:port"))
    var listen = SocketName(host: "127.0.0.1", port: 0)
    @Option(help: "Port of the HTTP interface, on the host of --listen; 0 lets the system choose.") var controlPort = 0
    @Option(
        help: ArgumentHelp(
            "YAML or JSON file with the faults and their times, counted from the start.", valueName: "file"))
    var plan: String?
    @Option(help: "Random faults, and the choice of connections, follow from it.") var seed: UInt64 = 1
    @Option(
        help: "The maximum number of connections; by default what the process's descriptors allow, with two for each.")
    var connections: Int?
    @Flag(help: "Print the addresses as JSON.") var json = false

    func validate() throws {
        guard target.port > 0 else { throw ValidationError("--target needs a port from 1 to 65535") }
        try OptionRange.check("--control-port", controlPort, in: 0...65_535)
        if let connections { try OptionRange.check("--connections", connections, in: 1...1_000_000) }
    }

    func run() async throws {
        let stop = try StopSignal()
        var configuration = FaultProxy.Configuration(targetHost: target.host, targetPort: target.port)
        configuration.host = listen.host
        configuration.port = listen.port
        configuration.controlPort = controlPort
        configuration.seed = seed
        configuration.plan = try readPlan()
        if let connections { configuration.maximumConnections = connections }
        let proxy = try await FaultProxy.start(configuration, faults: Catalog.proxyFaults) {
            StandardStreams.error("tandem: \($0)\n")
        }
        if let connections, connections > proxy.maximumConnections {
            StandardStreams.error(
                "at most \(proxy.maximumConnections) connections: each takes two of the process's descriptors "
                    + "(`ulimit -n`)\n")
        }
        announce(proxy)
        await stop.wait()
        let accepted = try await proxy.withCore { $0.accepted }
        await proxy.stop()
        if json { StandardStreams.output("{\"event\":\"stopped\",\"connections\":\(accepted)}\n") }
    }

    private func readPlan() throws -> [FaultStep] {
        guard let plan else { return [] }
        return try FaultPlan.decode(
            Experiment.text(of: plan), file: plan, faults: Catalog.proxyFaults.map { $0.profile }
        ).steps
    }

    private func announce(_ proxy: FaultProxy) {
        guard json else {
            return StandardStreams.output(
                """
                passing on \(proxy.host):\(proxy.port) to \(target) (stop with Ctrl-C)
                faults: http://\(proxy.host):\(proxy.controlPort)/faults

                """)
        }
        StandardStreams.output(
            "{\"event\":\"listening\",\"host\":\"\(proxy.host)\",\"port\":\(proxy.port),"
                + "\"controlPort\":\(proxy.controlPort),\"target\":\"\(target)\",\"connections\":\(proxy.maximumConnections),"
                + "\"pid\":\(getpid())}\n")
    }
}
