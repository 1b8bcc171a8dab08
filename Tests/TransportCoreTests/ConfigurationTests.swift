import OrderUpdates
import Testing
import TransportCore

@Suite struct ConfigurationTests {
    @Test("By default a server listens on this machine only, with bounds on everything a peer can take")
    func isBounded() {
        let configuration = ServerConfiguration()
        #expect(configuration.host == "127.0.0.1")
        #expect(configuration.allowedOrigins.isEmpty, "no page may call until it is allowed")
        let limits = configuration.limits
        let bounds = [
            limits.connections, limits.connectionsPerOwner, limits.subscriptionsPerConnection, limits.headerBytes,
            limits.bodyBytes, limits.messageBytes, limits.pendingBytes,
        ]
        #expect(bounds.allSatisfy { $0 > 0 && $0 < .max })
        #expect(limits.headerDeadline > .zero && limits.stalledReader > .zero && limits.longPollWait > .zero)
        #expect(limits.stalledReader > configuration.heartbeat.interval, "a reader is not cut between two heartbeats")
    }

    @Test("Capabilities keep what they are given")
    func keepsCapabilities() {
        let limitation = TransportCapabilities.Limitation("h2", because: "the library has no client for it")
        let capabilities = TransportCapabilities(
            protocolVersions: [.h1], supportsTLS: false, pushes: true, replays: false, carriesCommands: true,
            carriesManyOrders: false, heartbeats: [.visible], limitations: [limitation])
        #expect(capabilities.protocolVersions == [.h1])
        #expect(!capabilities.supportsTLS && capabilities.pushes && !capabilities.replays)
        #expect(capabilities.carriesCommands && !capabilities.carriesManyOrders)
        #expect(capabilities.heartbeats == [.visible])
        #expect(capabilities.limitations == [limitation])
    }

    @Test("Names are as in files and on the command line")
    func namesTransports() {
        let names: [TransportName] = [.sse, .websocket, .polling, .longPolling, .inProcess]
        #expect(names.map(\.description) == ["sse", "websocket", "polling", "long-polling", "in-process"])
        #expect(SlowConsumerPolicy.allCases.map(\.rawValue) == ["position-lost", "disconnect"])
    }

    @Test("A transport's error says what to do")
    func describesErrors() {
        let error = TransportError(.addressInUse, "port 80 is taken: choose another")
        #expect("\(error)" == "port 80 is taken: choose another")
    }
}
