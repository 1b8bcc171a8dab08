public import ExperimentModel
import Glibc
import NIOCore
import NIOPosix

/// A TCP proxy that breaks connections by a plan, and on request over a small HTTP interface.
///
/// One event loop carries all connections. TLS passes through unchanged.
public final class FaultProxy: Sendable {
    public struct Configuration: Sendable {
        public var host = "127.0.0.1"
        /// 0 lets the system choose.
        public var port = 0
        /// The port of the HTTP interface, on the same address; 0 lets the system choose.
        public var controlPort = 0
        public var targetHost: String
        public var targetPort: Int
        /// The faults and their times, counted from the start.
        public var plan: [FaultStep] = []
        public var seed: UInt64 = 1
        /// The maximum number of connections. The process's descriptors may allow for fewer.
        public var maximumConnections = Int.max

        public init(targetHost: String, targetPort: Int) {
            self.targetHost = targetHost
            self.targetPort = targetPort
        }
    }

    /// The address that it listens on.
    public let host: String
    public let port: Int
    public let controlPort: Int
    /// The maximum number of open connections.
    public let maximumConnections: Int
    private let group: MultiThreadedEventLoopGroup
    private let core: NIOLoopBound<ProxyCore>
    private let listeners: [any Channel]

    /// Listens, and begins the plan.
    ///
    /// - Parameters:
    ///   - faults: all faults that the proxy offers.
    ///   - complain: called once, when connections are refused for lack of descriptors.
    /// - Throws: `FaultError`.
    package static func start(
        _ configuration: Configuration, faults: [any Fault.Type],
        complain: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> FaultProxy {
        for step in configuration.plan { _ = try step.check(among: faults.map { $0.profile }) }
        let limit = DescriptorLimit.raise()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            return try await FaultProxy(configuration, faults, descriptors: limit, group, complain)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }

    private init(
        _ configuration: Configuration, _ faults: [any Fault.Type], descriptors: Int,
        _ group: MultiThreadedEventLoopGroup, _ complain: @escaping @Sendable (String) -> Void
    ) async throws {
        let target: SocketAddress
        do {
            target = try SocketAddress.makeAddressResolvingHost(
                configuration.targetHost, port: configuration.targetPort)
        } catch {
            throw FaultError(.address, "--target: cannot resolve '\(configuration.targetHost)': give an address")
        }
        let maximum = min(configuration.maximumConnections, DescriptorLimit.connections(within: descriptors))
        let loop = group.next()
        let core = try await loop.submit {
            NIOLoopBound(
                ProxyCore(
                    loop, target: target, faults: faults, maximumConnections: maximum, seed: configuration.seed,
                    complain: complain), eventLoop: loop)
        }.get()
        let listener = try await Self.listen(configuration.host, configuration.port, loop) { channel in
            try core.value.accept(channel)
        } configure: {
            $0.childChannelOption(.autoRead, value: false)
                .childChannelOption(.allowRemoteHalfClosure, value: true)
        }
        let control: any Channel
        do {
            control = try await Self.listen(configuration.host, configuration.controlPort, loop) { channel in
                try ControlHandler.install(in: channel, core.value)
            }
        } catch {
            try? await listener.close()
            throw error
        }
        host = configuration.host
        port = listener.localAddress?.port ?? 0
        controlPort = control.localAddress?.port ?? 0
        maximumConnections = maximum
        self.group = group
        self.core = core
        listeners = [listener, control]
        try await loop.submit { try core.value.follow(configuration.plan) }.get()
    }

    /// Resets the open connections, and stops listening.
    public func stop() async {
        for listener in listeners { try? await listener.close() }
        try? await core.eventLoop.submit { [core] in core.value.stop() }.get()
        try? await group.shutdownGracefully()
    }

    /// Runs on the event loop.
    package func withCore<Result: Sendable>(_ body: @escaping @Sendable (ProxyCore) throws -> Result) async throws
        -> Result
    {
        try await core.eventLoop.submit { [core] in try body(core.value) }.get()
    }

    private static func listen(
        _ host: String, _ port: Int, _ loop: any EventLoop,
        accept: @escaping @Sendable (any Channel) throws -> Void,
        configure: (ServerBootstrap) -> ServerBootstrap = { $0 }
    ) async throws -> any Channel {
        let bootstrap = ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in channel.eventLoop.makeCompletedFuture { try accept(channel) } }
        do {
            return try await configure(bootstrap).bind(host: host, port: port).get()
        } catch {
            let cause = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
            throw FaultError(.address, "cannot listen on \(host):\(port): \(cause); take another port, or 0 for any")
        }
    }
}
