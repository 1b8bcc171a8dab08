import ArgumentParser
import Catalog
import ExperimentModel
import FoundationEssentials
import LWS
import LoadGeneration
import OrderUpdates
import TransportCore

/// `tandem load`: connects subscribers to a server, publishes by a schedule, and measures what arrives.
struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Put subscribers and a schedule of updates on a server, and measure what arrives.",
        discussion: """
            Measures Tandem's own server, or any other that publishes when it is asked to over HTTP and writes the \
            intended time into its payloads. Latency counts from the intended time (open loop). A server that publishes by \
            itself is measured with --publish elsewhere: latency then counts from the time that stands in the payload \
            (--time-pointer, --time-format), by the publisher's clock, and with --sequence-pointer what is lost, doubled or \
            out of order is counted.

            Examples:
              tandem serve --auth none --orders 50 &
              tandem load --url http://127.0.0.1:8080 --orders 50 --rate 200
              tandem load --url https://127.0.0.1:8443 --ca cert.pem \\
                --transport websocket --token "$TOKEN"
              tandem load --target-url 'https://example.org/orders/{order}/events' \\
                --transport sse --header 'Authorization: Bearer abc' \\
                --publish-url 'https://example.org/orders/{order}' \\
                --publish-body '{"status":"Activating","at":"{timestamp}"}' \\
                --time-pointer /at
              tandem load --target-url wss://example.org/prices \\
                --transport websocket --publish elsewhere --time-pointer /sentAt \\
                --time-format unix-ms --sequence-pointer /number

            A result is not sound (status 1) where anything that was owed did not arrive. Redirects of an event stream are \
            followed, a proxy is used only where --proxy names it, and a URL holds no password: say it in --header.

            Saturation: a result is invalid if the generator's busiest thread was on a processor for 90 % of the window \
            or more, or if its publisher was mostly late itself.
            """)

    @Option(help: ArgumentHelp("A specification as JSON; - reads one line of standard input.", valueName: "file"))
    var spec: String?
    @OptionGroup(title: "Server") var target: LoadTargetOptions
    @OptionGroup(title: "Load") var population: LoadPopulationOptions
    @OptionGroup(title: "A server that is not Tandem's") var foreign: LoadForeignOptions
    @Option(help: ArgumentHelp("Run on these processors only, for example 0 or 0,1.", valueName: "list")) var cpu:
        String?
    @Flag(help: "Print events and the result as JSON lines.") var json = false

    func run() async throws {
        do {
            try await measure()
        } catch {
            try LoadReporter.fail(error, isJSON: json)
        }
    }

    private func measure() async throws {
        guard spec != nil || target.url != nil || foreign.targetUrl != nil || target.transport == "in-process" else {
            throw CommandFailure(
                .usage,
                "say where the server is: --url http://HOST:PORT, or --target-url for a server that is not Tandem's")
        }
        guard target.transport != "in-process" || target.url == nil && foreign.targetUrl == nil else {
            throw CommandFailure(
                .usage,
                "--transport in-process subscribes within this process and touches no server: leave the URL out, or take "
                    + "another transport")
        }
        if let cpu { try OptionRange.pin(to: cpu) }
        let specification = try await specification()
        let name = TransportName(rawValue: specification.transport)
        guard let transport = Catalog.transport(named: name) else {
            throw CommandFailure(.usage, LoadTargetOptions.unknownTransport(specification.transport))
        }
        let reporter = LoadReporter(specification, isJSON: json)
        let result = try await Interruptible.run {
            try await LoadWork(specification, transport, reporter).run()
        }
        try reporter.conclude(result)
    }

    /// Writes a `failed` event for a command line that was refused, if it asked for JSON.
    static func tell(refusal message: String, of arguments: [String]) {
        guard arguments.first == configuration.commandName, arguments.contains("--json") else { return }
        LoadReporter.write(failure: message)
    }

    private func specification() async throws -> LoadSpecification {
        guard let spec else {
            var specification = try population.specification(target)
            try foreign.apply(to: &specification)
            return specification
        }
        let text: [UInt8]
        if spec == "-" {
            guard let line = await StandardInput.shared.line() else {
                throw CommandFailure(.usage, "--spec - expects one line of JSON on standard input, and it is empty")
            }
            text = Array(line.utf8)
        } else {
            text = Array(try Experiment.text(of: spec).utf8)
        }
        do {
            return try JSONDecoder().decode(LoadSpecification.self, from: Data(text))
        } catch {
            throw CommandFailure(
                .usage,
                "\(spec) is no specification of a load: \(DecodingError.explanation(of: error)); correct it, or say what to "
                    + "load with options, without --spec")
        }
    }
}
