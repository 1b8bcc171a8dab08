import Clocks
public import ExperimentModel
import ExperimentRunner
import FoundationEssentials
import Glibc
import LWS
import TransportCore
import Transports

/// Uses a credential, and searches for it wherever requests leave traces: a reader of a log must not be able to act
/// as the client.
public struct ExposureMeasure: Sendable {
    let bench: StudyBench
    /// The texts that must not contain it: the server's log, the results.
    let files: [(sink: String, path: String)]
    /// Nil where this machine has no nginx.
    let proxy: FrontProxy?

    /// - Parameters:
    ///   - files: the name of the place, with a file or a folder.
    ///   - proxy: an nginx before the server, with its default logs; nil leaves its places out.
    public init(_ bench: StudyBench, files: [(sink: String, path: String)], proxy: FrontProxy?) {
        self.bench = bench
        self.files = files
        self.proxy = proxy
    }

    /// The credential that is searched for, and its form in a client's request.
    private struct Canary {
        var text: String
        var presented: Credential
        var expires: Int64
        /// The header fields of a WebSocket's handshake that contain it.
        var offered: [(name: String, value: String)] = []
    }

    public func measure() async throws -> [AuthSummary.LeakSite] {
        let canary = try await plant()
        var found: [(name: String, isFound: Bool)] = []
        let request = try openingRequest(canary)
        found.append(("URL", Self.holds(request.path, canary.text)))
        let traces = try await leaveTraces(canary, request)
        found.append(("response headers", traces.headers.contains { Self.holds($0, canary.text) }))
        found.append(("error bodies", traces.bodies.contains { Self.holds($0, canary.text) }))
        // Pages that are opened from this answer would send its URL as referrer, unless it forbids that (Referrer
        // Policy, section 3).
        let forbids = traces.referrerPolicies.contains { $0.contains("no-referrer") || $0 == "origin" }
        found.append(("Referer within the origin", Self.holds(request.path, canary.text) && !forbids))
        if let proxy {
            let logs = try await throughProxy(proxy, canary, request)
            found.append(("proxy access log", Self.holds(logs.access, canary.text)))
            found.append(("proxy error log", Self.holds(logs.error, canary.text)))
        }
        found.append(("process list", Self.processes().contains { Self.holds($0, canary.text) }))
        for (sink, path) in files {
            found.append((sink, Self.texts(under: path).contains { Self.holds($0, canary.text) }))
        }
        let isAnyFound = found.contains(where: \.isFound)
        let isReusable = isAnyFound ? try await opens(request) : nil
        let left = Double(canary.expires) - Double(bench.clock.unixNanoseconds) / 1e9
        return found.map { name, isFound in
            AuthSummary.LeakSite(
                name: name, isFound: isFound, secondsLeft: isFound ? max(0, left) : nil,
                isReusable: isFound ? isReusable : nil)
        }
    }

    // MARK: The credential

    private func plant() async throws -> Canary {
        let exchange = bench.exchange()
        guard bench.hasToken else {
            guard let own = bench.ownCertificate, let key = FileManager.default.contents(atPath: own.key) else {
                throw StudyError("there is no client certificate to look for")
            }
            let lines = String(decoding: key, as: UTF8.self).split(separator: "\n")
            return Canary(
                text: String(lines.dropFirst().first ?? ""), presented: .certificate,
                expires: bench.clock.unixNanoseconds / 1_000_000_000 + 86_400)
        }
        let token = try bench.kit.namedToken()
        var canary = Canary(text: token.text, presented: .bearer(token.text), expires: token.expires)
        switch bench.target.scheme {
        case "ticket":
            let answer = try await exchange.send(
                "POST", "/tickets", .bearer(token.text),
                body: "{\"transport\":\"\(bench.target.transport)\",\"orders\":[\"\(bench.target.order)\"]}")
            guard let ticket = CredentialExchange.member("ticket", of: answer.body) else {
                throw StudyError("the server gave no ticket: status \(answer.status)")
            }
            canary = Canary(
                text: ticket, presented: .ticket(ticket),
                expires: bench.clock.unixNanoseconds / 1_000_000_000 + 30)
        case "subprotocol":
            canary.presented = .subprotocol(token.text)
            canary.offered = [
                ("sec-websocket-protocol", "order-updates.v1, \(Credential.subprotocolPrefix)\(token.text)")
            ]
        case "message":
            canary.presented = .firstMessage(token.text)
        default:
            canary.presented = try await exchange.credential(of: bench.target.scheme, token: token.text)
            if case .cookie(_, let value, _, _) = canary.presented { canary.text = value }
        }
        return canary
    }

    /// The request with which a client of the transport opens a stream.
    private func openingRequest(_ canary: Canary) throws -> OpeningRequest {
        let path =
            switch bench.target.transport {
            case .sse: "/orders/\(bench.target.order)/events"
            case .websocket: "/orders/\(bench.target.order)/socket"
            case .longPolling: "/orders/\(bench.target.order)/updates"
            default: "/orders/\(bench.target.order)"
            }
        var request = OpeningRequest(path: path, headers: canary.presented.headers() + canary.offered)
        if let parameter = canary.presented.parameter { request.path += "?" + parameter }
        if bench.target.transport == .websocket {
            request.headers += [
                ("upgrade", "websocket"), ("connection", "upgrade"), ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
                ("sec-websocket-version", "13"),
            ]
        }
        return request
    }

    // MARK: Traces

    private struct Traces {
        var headers: [String] = []
        var bodies: [String] = []
        var referrerPolicies: [String] = []
    }

    /// Makes requests that are refused for different reasons, and reads the whole answers.
    private func leaveTraces(_ canary: Canary, _ request: OpeningRequest) async throws -> Traces {
        var traces = Traces()
        let query = request.path.firstIndex(of: "?").map { String(request.path[$0...]) } ?? ""
        let refused = [
            ("GET", "/nowhere" + query), ("PUT", request.path), ("GET", "/orders/\(bench.target.foreignOrder)" + query),
            ("GET", "/orders/\(bench.target.order)/updates" + (query.isEmpty ? "?" : query + "&") + "after=none"),
            ("GET", request.path + "x"),
        ]
        let requester = try HTTPRequester(
            trustedAuthorities: bench.target.authority, certificate: bench.ownCertificate)
        let exchange = CredentialExchange(to: bench.target.endpoint, version: bench.target.version, over: requester)
        // Without the headers of a WebSocket, because an ordinary refusal is read here.
        let headers = canary.presented.headers() + canary.offered
        for (method, path) in refused {
            var asked = try exchange.request(path)
            asked.method = method
            asked.headers = headers
            guard let answer = try? await requester.send(asked) else { continue }
            traces.headers += answer.headers.map { "\($0.name): \($0.value)" }
            traces.bodies.append(String(decoding: answer.body, as: UTF8.self))
            traces.referrerPolicies += answer.headers.filter { $0.name == "referrer-policy" }.map(\.value)
        }
        await requester.shutdown()
        // The answer that opens the stream. Its headers may repeat what was offered.
        let opened = try await request.send(to: bench.target.endpoint, authority: bench.target.authority)
        traces.headers.append(opened)
        return traces
    }

    /// The lines of the proxy's logs after the request went through it, once with the server and once without.
    private func throughProxy(
        _ proxy: FrontProxy, _ canary: Canary, _ request: OpeningRequest
    ) async throws -> (access: String, error: String) {
        for port in [proxy.port, proxy.orphanedPort] {
            let place = Endpoint(host: "127.0.0.1", port: port, tls: bench.target.endpoint.tls)
            _ = try await request.send(to: place, authority: bench.target.authority)
        }
        return try await proxy.logs()
    }

    /// Whether the same request is let in when another client repeats it.
    private func opens(_ request: OpeningRequest) async throws -> Bool {
        let status = try await request.send(to: bench.target.endpoint, authority: bench.target.authority)
        return status.hasPrefix("HTTP/1.1 200") || status.hasPrefix("HTTP/1.1 101")
    }

    // MARK: Looking

    private static func holds(_ text: String, _ canary: String) -> Bool {
        !canary.isEmpty && text.utf8.count >= canary.utf8.count && text.contains(canary)
    }

    /// All texts in a file, or in the files of a folder.
    private static func texts(under path: String) -> [String] {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return [] }
        guard isFolder else {
            return FileManager.default.contents(atPath: path).map { [String(decoding: $0, as: UTF8.self)] } ?? []
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.flatMap { texts(under: path + "/" + $0) }
    }

    /// The command lines of all processes that are visible.
    private static func processes() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.filter { Int32($0) != nil }.flatMap { texts(under: "/proc/\($0)/cmdline") }
    }
}
