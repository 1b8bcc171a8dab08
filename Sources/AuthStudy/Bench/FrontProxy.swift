import ExperimentRunner
import FoundationEssentials
import NetworkPaths
import TransportCore

/// An nginx before the server, with its default logs, in which a credential in a URL may end up.
public struct FrontProxy: Sendable {
    let port: Int
    /// A port whose server is gone, for the lines that nginx then writes to its error log.
    let orphanedPort: Int
    private let folder: String

    static var isInstalled: Bool { ProxyProgram.nginx.path != nil }

    /// Runs nginx for as long as the body does.
    /// - Parameters:
    ///   - certificate: nginx's certificate for TLS; nil without TLS.
    ///   - folder: for its files.
    static func run<Result: Sendable>(
        before endpoint: Endpoint, certificate: CertificateFiles?, in folder: String,
        _ body: (FrontProxy) async throws -> Result
    ) async throws -> Result {
        // Its own port, the port for the server that is gone, and that server's port.
        try await RunningPath.run(.nginx, folder: folder, ports: 3) { ports in
            FrontProxy(port: ports[0], orphanedPort: ports[1], folder: folder)
                .configuration(endpoint, certificate, closedPort: ports[2])
        } body: { _, ports in
            try await body(FrontProxy(port: ports[0], orphanedPort: ports[1], folder: folder))
        }
    }

    /// The access log and the error log, once nginx has written them.
    func logs() async throws -> (access: String, error: String) {
        // nginx logs a request when it is over. The clients of all streams have left by now.
        let logs = try await Polling.value(within: .seconds(10), every: .milliseconds(5)) {
            let (access, error) = (text("access.log"), text("error.log"))
            return access.split(separator: "\n").count >= 2 && !error.isEmpty ? (access, error) : nil
        }
        guard let logs else { throw StudyError("nginx did not log the requests that went through it") }
        return logs
    }

    private func text(_ name: String) -> String {
        FileManager.default.contents(atPath: folder + "/" + name).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private func configuration(_ endpoint: Endpoint, _ certificate: CertificateFiles?, closedPort: Int)
        -> PathConfiguration
    {
        let tls = endpoint.tls ? " ssl" : ""
        let files = certificate.map { "ssl_certificate \($0.certificate); ssl_certificate_key \($0.key);" } ?? ""
        let scheme = endpoint.tls ? "https" : "http"
        func server(_ port: Int, to upstream: Int) -> String {
            """
            server {
                listen 127.0.0.1:\(port)\(tls);
                \(files)
                location / {
                    proxy_pass \(scheme)://127.0.0.1:\(upstream);
                    proxy_http_version 1.1;
                    proxy_set_header Host $http_host;
                    proxy_set_header Upgrade $http_upgrade;
                    proxy_set_header Connection $http_connection;
                    proxy_buffering off;
                }
            }
            """
        }
        return NginxText.configuration(
            folder: folder, http: ["access_log \(folder)/access.log combined;"],
            servers: server(port, to: endpoint.port) + "\n" + server(orphanedPort, to: closedPort))
    }
}
