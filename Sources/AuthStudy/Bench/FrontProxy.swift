import Clocks
import ExperimentRunner
import FoundationEssentials
import Glibc
import TransportCore

/// An nginx before the server, with the logs that it keeps by default: where a credential in a URL ends up.
public struct FrontProxy: Sendable {
    let port: Int
    /// A port whose server has gone: what nginx then writes into its error log.
    let orphanedPort: Int
    private let folder: String

    /// Nil where nginx is not installed.
    static var program: String? {
        ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"].first { access($0, X_OK) == 0 }
    }

    /// Runs nginx for as long as the body does.
    /// - Parameters:
    ///   - certificate: what nginx shows over TLS; nil without.
    ///   - folder: for its files.
    static func run<Result: Sendable>(
        before endpoint: Endpoint, certificate: CertificateFiles?, in folder: String, _ program: String,
        _ body: (FrontProxy) async throws -> Result
    ) async throws -> Result {
        // Held until nginx is told: no other process of ours takes them meanwhile.
        let (first, port) = try LoopbackSocket.listen()
        let (second, orphanedPort) = try LoopbackSocket.listen()
        let (third, closedPort) = try LoopbackSocket.listen()
        [first, second, third].forEach { close($0) }
        let proxy = FrontProxy(port: port, orphanedPort: orphanedPort, folder: folder)
        let path = folder + "/nginx.conf"
        try Data(
            proxy.configuration(endpoint, certificate, closedPort: closedPort).utf8
        ).write(to: URL(filePath: path))
        return try await ChildProcess.run(
            "nginx", program, ["-p", folder, "-e", folder + "/error.log", "-c", path], processors: nil
        ) { _ in
            try await proxy.waitUntilListening()
            return try await body(proxy)
        }
    }

    /// Access and error log, once nginx has written what it knows.
    func logs() async throws -> (access: String, error: String) {
        // A log line is written when a request is over; the bodies of streams go on until the client leaves, which it has.
        let clock = MonotonicClock()
        let deadline = clock.now.advanced(by: .seconds(10))
        while true {
            let (access, error) = (text("access.log"), text("error.log"))
            if access.split(separator: "\n").count >= 2, !error.isEmpty { return (access, error) }
            guard clock.now < deadline else {
                throw StudyError("nginx did not log the requests that went through it")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private func text(_ name: String) -> String {
        FileManager.default.contents(atPath: folder + "/" + name).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private func waitUntilListening() async throws {
        let clock = MonotonicClock()
        let deadline = clock.now.advanced(by: .seconds(15))
        while true {
            if let descriptor = try? LoopbackSocket.connect(to: port) {
                close(descriptor)
                return
            }
            guard clock.now < deadline else {
                throw StudyError("nginx did not listen: \(text("error.log").suffix(200))")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private func configuration(_ endpoint: Endpoint, _ certificate: CertificateFiles?, closedPort: Int) -> String {
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
        let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \(folder);" }
        return """
            daemon off;
            master_process off;
            pid \(folder)/nginx.pid;
            error_log \(folder)/error.log;
            events {}
            http {
            access_log \(folder)/access.log combined;
            \(folders.joined(separator: "\n"))
            \(server(port, to: endpoint.port))
            \(server(orphanedPort, to: closedPort))
            }

            """
    }
}
