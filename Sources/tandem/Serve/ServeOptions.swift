public import ArgumentParser
import Authentication
import Clocks
import Glibc
import OrderUpdates
public import TransportCore

struct ServeStreams: ParsableArguments {
    @Option(help: "Heartbeat: control (comment, ping), visible (event, message) or off.")
    var heartbeatKind = HeartbeatKind.control
    @Option(help: "Heartbeat when nothing was sent for this long, such as 15s or 500ms.")
    var heartbeatInterval = Seconds(15)
    @Option(
        help:
            "Messages of WebSockets whose clients offer it: off or permessage-deflate, each update once for all of them."
    )
    var compression = MessageCompression.off
    @Option(help: ArgumentHelp("Updates kept of each order.", valueName: "n")) var history = 256
    @Option(help: "A reader whose place has left the history: position-lost or disconnect.")
    var slowConsumer = SlowConsumerPolicy.positionLost
    @Option(
        help: ArgumentHelp(
            """
            Origin that pages may call from; repeat for more, '*' for all. Sessions and client certificates are taken from \
            those alone that are named.
            """, valueName: "origin"), transform: ServeStreams.origin)
    var allowOrigin: [Origin] = []

    private static func origin(_ text: String) throws -> Origin {
        do throws(OriginError) {
            return try Origin(written: text)
        } catch {
            throw ValidationError(error.description)
        }
    }

    func validate() throws {
        guard heartbeatInterval.value >= 0.02 else {
            throw ValidationError("--heartbeat-interval takes at least 20ms")
        }
        try OptionRange.check("--history", history, in: 1...1_000_000)
    }

    var hub: OrderEventHub.Configuration {
        var configuration = OrderEventHub.Configuration()
        configuration.history = history
        return configuration
    }

    func apply(to configuration: inout ServerConfiguration) {
        configuration.heartbeat = .init(
            kind: heartbeatKind, interval: .nanoseconds(Int64(heartbeatInterval.value * 1e9)))
        configuration.compression = compression
        configuration.slowConsumer = slowConsumer
        configuration.allowedOrigins = allowOrigin
    }
}

struct ServeLimits: ParsableArguments {
    @Option(help: "TCP connections.") var maxConnections = ServerConfiguration.Limits().connections
    @Option(help: "Streams of one owner.") var maxConnectionsPerOwner = ServerConfiguration.Limits().connectionsPerOwner
    @Option(help: ArgumentHelp("Streams that may open in a second; 0 for any number.", valueName: "n"))
    var acceptRate = ServerConfiguration.Limits().acceptRate
    @Option(help: "Orders on one connection.")
    var maxSubscriptions = ServerConfiguration.Limits().subscriptionsPerConnection
    @Option(help: "Bytes of a request's header.") var maxHeaderBytes = ServerConfiguration.Limits().headerBytes
    @Option(help: "Bytes of a request's body.") var maxBodyBytes = ServerConfiguration.Limits().bodyBytes
    @Option(help: "Bytes of a WebSocket message from a client.")
    var maxMessageBytes = ServerConfiguration.Limits().messageBytes
    @Option(help: "WebSockets that have not presented their credential yet (--auth message).")
    var maxUnauthenticated = ServerConfiguration.Limits().unauthenticatedSockets
    @Option(help: "Bytes of the first message, which presents the credential.")
    var maxFirstMessageBytes = ServerConfiguration.Limits().firstMessageBytes
    @Option(help: "From the upgrade to the first message.") var firstMessageDeadline = Seconds(5)
    @Option(help: "From accept to the end of a request's header.") var headerDeadline = Seconds(10)
    @Option(help: "From the end of a request's header to the end of its body.") var bodyDeadline = Seconds(60)
    @Option(help: ArgumentHelp("Requests and streams of an HTTP/2 connection at a time.", valueName: "n"))
    var maxHttp2Streams = ServerConfiguration.Limits().http2Streams
    @Option(help: "A reader that takes or acknowledges nothing is cut after this long.") var stalledReader = Seconds(60)

    func validate() throws {
        for (name, value) in [
            ("--max-connections", maxConnections), ("--max-connections-per-owner", maxConnectionsPerOwner),
            ("--max-subscriptions", maxSubscriptions), ("--max-body-bytes", maxBodyBytes),
            ("--max-message-bytes", maxMessageBytes), ("--max-unauthenticated", maxUnauthenticated),
            ("--max-first-message-bytes", maxFirstMessageBytes),
        ] { try OptionRange.check(name, value, in: 1...Int(Int32.max)) }
        try OptionRange.check("--accept-rate", acceptRate, in: 0...1_000_000)
        try OptionRange.check("--max-header-bytes", maxHeaderBytes, in: 1024...65_000)
        try OptionRange.check("--max-http2-streams", maxHttp2Streams, in: 1...10_000)
        guard bodyDeadline.value >= 1 else { throw ValidationError("--body-deadline takes at least 1s") }
        guard headerDeadline.value >= 1 else { throw ValidationError("--header-deadline takes at least 1s") }
    }

    func apply(to limits: inout ServerConfiguration.Limits) {
        limits.connections = maxConnections
        limits.connectionsPerOwner = maxConnectionsPerOwner
        limits.acceptRate = acceptRate
        limits.subscriptionsPerConnection = maxSubscriptions
        limits.headerBytes = maxHeaderBytes
        limits.bodyBytes = maxBodyBytes
        limits.messageBytes = maxMessageBytes
        limits.unauthenticatedSockets = maxUnauthenticated
        limits.firstMessageBytes = maxFirstMessageBytes
        limits.firstMessageDeadline = .nanoseconds(Int64(firstMessageDeadline.value * 1e9))
        limits.headerDeadline = .nanoseconds(Int64(headerDeadline.value * 1e9))
        limits.bodyDeadline = .nanoseconds(Int64(bodyDeadline.value * 1e9))
        limits.http2Streams = maxHttp2Streams
        limits.stalledReader = .nanoseconds(Int64(stalledReader.value * 1e9))
    }
}

/// A duration on the command line: `15`, `15s`, `500ms`, `20us`.
struct Seconds: ExpressibleByArgument, CustomStringConvertible {
    var value: Double
    var description: String { "\(value)s" }
    var defaultValueDescription: String { value == value.rounded() ? "\(Int(value))s" : "\(value)s" }

    init(_ value: Double) { self.value = value }

    init?(argument: String) {
        // By division, because ten times 1e-6 is not exactly 1e-5.
        let (text, parts) =
            if argument.hasSuffix("ms") {
                (argument.dropLast(2), 1e3)
            } else if argument.hasSuffix("us") || argument.hasSuffix("µs") {
                (argument.dropLast(2), 1e6)
            } else if argument.hasSuffix("s") {
                (argument.dropLast(), 1.0)
            } else {
                (argument[...], 1.0)
            }
        guard let number = Double(text), number >= 0, number.isFinite, number < 1e6 else { return nil }
        value = number / parts
    }
}

extension HeartbeatKind: ExpressibleByArgument {}
extension MessageCompression: ExpressibleByArgument {}
extension SlowConsumerPolicy: ExpressibleByArgument {}
