public import LWS
import Synchronization
public import TransportCore

/// Sends HTTP requests and waits for their answers: for control requests and tests, and not for measuring.
///
/// One loop thread carries any number of requests at a time; connections are reused.
public final class HTTPRequester: Sendable {
    public struct Answer: Sendable {
        public var status: Int
        /// The fields, with lower-case names.
        public var headers: [(name: String, value: String)]
        public var body: [UInt8]

        /// The first value of a field, by its lower-case name.
        public subscript(name: String) -> String? { headers.first { $0.name == name }?.value }
    }

    /// No complete answer came.
    public struct Failure: Error, CustomStringConvertible {
        /// What happened, in words for a person.
        public var description: String
    }

    private let loop: EventLoop
    private let state: State
    /// Set before the loop ends. Nothing is submitted afterwards, because it would be dropped.
    private let hasEnded = Mutex(false)

    /// - Parameters:
    ///   - trustedAuthorities: a PEM file of certificates that TLS trusts; nil trusts the system's.
    ///   - certificate: the client's certificate; nil for none.
    ///   - proxy: carries the connections; nil connects to the server directly.
    ///   - bodyLimit: the maximum size of an answer's body in bytes.
    /// - Throws: `LWSError` where a file cannot be read, or libwebsockets lacks its libuv plug-in.
    public init(
        trustedAuthorities: String? = nil, certificate: CertificateFiles? = nil, proxy: ProxyAddress? = nil,
        bodyLimit: Int = 16 * 1024 * 1024
    ) throws {
        let state = State(bodyLimit: bodyLimit)
        self.state = state
        loop = try EventLoop(name: "requester") { context in
            state.client = try context.connectsToServers(
                trustedAuthorities: trustedAuthorities,
                identity: certificate.map { ClientIdentity(certificate: $0.certificate, key: $0.key) },
                proxy: proxy.map { ClientProxy(host: $0.host, port: $0.port) })
        }
    }

    /// Sends a request. A task that is cancelled cuts its connection and throws `CancellationError`.
    /// - Throws: `Failure` where no answer comes within the request's deadline, or the connection ends before.
    public func send(_ request: ClientRequest) async throws -> Answer {
        let number = state.takeNumber()
        let cancellation = Cancellation()
        let state = state
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let hasEnded = hasEnded.withLock { hasEnded in
                    if !hasEnded { loop.submit { _ in state.begin(number, request, cancellation, continuation) } }
                    return hasEnded
                }
                if hasEnded { continuation.resume(throwing: Failure(description: "the requester has ended")) }
            }
        } onCancel: {
            cancellation.isAsked.store(true, ordering: .sequentiallyConsistent)
            loop.submit { _ in state.cancel(number) }
        }
    }

    /// Ends the connections and the thread. Requests that have no answer fail.
    public func shutdown() async {
        let state = state
        hasEnded.withLock { hasEnded in
            hasEnded = true
            loop.submit { _ in state.close() }
        }
        await loop.end()
    }

    /// Tells a request that it was cancelled before it began.
    private final class Cancellation: Sendable {
        let isAsked = Atomic(false)
    }

    /// The state that is confined to the loop's thread, except the number of requests.
    private final class State: @unchecked Sendable {
        // Set before the loop's thread is shared.
        var client: ClientLoop?
        private let bodyLimit: Int
        private var requests: [UInt64: RequestInFlight] = [:]
        private var idle: [Server: [ReusableConnection]] = [:]
        private let count = Atomic<UInt64>(0)

        private struct Server: Hashable {
            var host: String
            var port: Int
            var tls: Bool
            var isHTTP2: Bool
            var localAddress: String?
        }

        init(bodyLimit: Int) { self.bodyLimit = bodyLimit }

        func takeNumber() -> UInt64 { count.wrappingAdd(1, ordering: .relaxed).newValue }

        func begin(
            _ number: UInt64, _ request: ClientRequest, _ cancellation: Cancellation,
            _ continuation: RequestInFlight.Continuation
        ) {
            guard let client else {
                return continuation.resume(throwing: Failure(description: "the requester has ended"))
            }
            guard !cancellation.isAsked.load(ordering: .sequentiallyConsistent) else {
                return continuation.resume(throwing: CancellationError())
            }
            let server = Server(
                host: request.host, port: request.port, tls: request.tls, isHTTP2: request.version == .h2,
                localAddress: request.localAddress)
            do {
                let place = try idle[server]?.popLast() ?? client.makeReusableConnection()
                let inFlight = RequestInFlight(continuation, bodyLimit: bodyLimit) { [unowned self] isReusable in
                    requests[number] = nil
                    if isReusable { idle[server, default: []].append(place) }
                }
                requests[number] = inFlight
                inFlight.exchange = client.send(request, over: place, handler: inFlight)
            } catch {
                continuation.resume(throwing: error)
            }
        }

        func cancel(_ number: UInt64) {
            requests[number]?.end(with: CancellationError())
        }

        func close() {
            for request in Array(requests.values) { request.end(with: Failure(description: "the requester has ended")) }
            idle = [:]
            client = nil
        }
    }
}
