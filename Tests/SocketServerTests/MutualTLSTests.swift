import Authentication
import Foundation
import OrderUpdates
import Testing
import TransportCore
import Transports

/// Client certificates from end to end: made by the `openssl` command, shown by `curl`, which speaks both HTTP versions.
@Suite struct MutualTLSTests {
    /// An authority, a server, two clients of the authority, and a stranger who is his own. No key is kept in the repository.
    private final class Certificates: Sendable {
        let folder: String
        static let shared = Result { try Certificates() }

        private init() throws {
            folder =
                FileManager.default.temporaryDirectory.path
                + "/tandem-mtls-\(ProcessInfo.processInfo.processIdentifier)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            atexit {
                if case .success(let certificates) = Certificates.shared {
                    try? FileManager.default.removeItem(atPath: certificates.folder)
                }
            }
            try make("ca", subject: "/CN=authority", issuer: nil)
            try make("server", subject: "/CN=localhost", issuer: "ca", names: "subjectAltName=IP:127.0.0.1")
            try make("alice", subject: "/CN=alice", issuer: "ca")
            try make("two-names", subject: "/CN=alice/CN=bob", issuer: "ca")
            try make("stranger", subject: "/CN=alice", issuer: nil)
        }

        private func make(_ name: String, subject: String, issuer: String?, names: String? = nil) throws {
            var arguments = [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj",
                subject, "-keyout", "\(folder)/\(name).key", "-out", "\(folder)/\(name).pem",
            ]
            if let issuer {
                arguments += ["-CA", "\(folder)/\(issuer).pem", "-CAkey", "\(folder)/\(issuer).key"]
                arguments += ["-addext", "basicConstraints=critical,CA:FALSE"]
            }
            if let names { arguments += ["-addext", names] }
            let (status, _) = try Self.run("/usr/bin/openssl", arguments)
            try #require(status == 0, "openssl could not make the certificate of \(name)")
        }

        static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
            let process = Process()
            let output = Pipe()
            process.executableURL = URL(filePath: program)
            process.arguments = arguments
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.run()
            let text = try output.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            return (process.terminationStatus, String(decoding: text, as: UTF8.self))
        }
    }

    /// The status and the version of an answer, and curl's exit code: 35 and 56 where TLS refused the client.
    private func ask(
        _ server: TokenServer, _ client: String?, _ path: String = "/orders/a", version: String, _ more: [String] = []
    ) throws -> (exit: Int32, answer: String) {
        let folder = try Certificates.shared.get().folder
        let endpoint = server.test.endpoint
        let certificate = client.map { ["--cert", "\(folder)/\($0).pem", "--key", "\(folder)/\($0).key"] } ?? []
        let (status, output) = try Certificates.run(
            "/usr/bin/curl",
            ["--silent", "--max-time", "20", "--\(version)", "--cacert", "\(folder)/ca.pem", "--output", "/dev/null"]
                + ["--write-out", "%{http_code} %{http_version}"] + certificate + more
                + ["https://127.0.0.1:\(endpoint.port)\(path)"])
        return (status, output)
    }

    private func server() async throws -> TokenServer {
        let folder = try Certificates.shared.get().folder
        return try await TokenServer {
            $0.tls = .init(
                certificate: "\(folder)/server.pem", key: "\(folder)/server.key", clientAuthorities: "\(folder)/ca.pem")
        }
    }

    @Test(
        "A client certificate authenticates requests over both HTTP versions",
        arguments: [("http1.1", "1.1"), ("http2", "2")])
    func certificatesOpenRequests(option: String, version: String) async throws {
        let server = try await server()
        try server.test.hub.create(.init("his")!, owner: "bob", status: .activating)
        for (client, path, answer) in [
            ("alice", "/orders/a", "200"), ("alice", "/orders/his", "403"), ("alice", "/orders/zzz", "404"),
            // None is shown: the handshake goes on, and the request lacks a credential.
            (nil, "/orders/a", "401"), ("two-names", "/orders/a", "401"), (nil, "/healthz", "200"),
        ] as [(String?, String, String)] {
            let (exit, text) = try ask(server, client, path, version: option)
            #expect(exit == 0 && text == "\(answer) \(version)", "\(client ?? "none") \(path): \(exit) \(text)")
        }
        // One that another authority signed is refused before any request.
        let (exit, text) = try ask(server, "stranger", version: option)
        #expect(exit != 0 && text.hasPrefix("000"), "\(exit) \(text)")
        await server.test.server.stop()
    }

    /// It comes by itself with whatever page asks, as a cookie does; and beside a token it is a second credential.
    @Test("A client certificate is refused from foreign pages, and beside a token")
    func certificatesAreAmbient() async throws {
        let server = try await server()
        let port = server.test.endpoint.port
        for (headers, answer) in [
            (["Origin: https://evil.example"], "403"), (["Origin: null"], "403"),
            (["Sec-Fetch-Site: cross-site"], "403"),
            (["Origin: https://127.0.0.1:\(port)"], "200"), (["Authorization: Bearer \(try server.token())"], "400"),
        ] {
            let (exit, text) = try ask(server, "alice", version: "http1.1", headers.flatMap { ["--header", $0] })
            #expect(exit == 0 && text == "\(answer) 1.1", "\(headers.map { $0.prefix(20) }): \(text)")
        }
        let (_, text) = try ask(
            server, nil, version: "http1.1", ["--header", "Authorization: Bearer \(try server.token())"])
        #expect(text == "200 1.1", "without a certificate a token is taken as ever")
        await server.test.server.stop()
    }

    @Test("A client certificate is revoked by its serial number") func certificatesAreRevoked() async throws {
        let folder = try Certificates.shared.get().folder
        let (status, serial) = try Certificates.run(
            "/usr/bin/openssl", ["x509", "-in", "\(folder)/alice.pem", "-noout", "-serial"])
        try #require(status == 0 && serial.hasPrefix("serial="))
        let server = try await server()
        #expect(try ask(server, "alice", version: "http1.1").answer == "200 1.1")
        let number = serial.dropFirst("serial=".count).lowercased().filter { !$0.isWhitespace }
        try await server.revocations.revoke(.token(id: CredentialID(number), expires: nil))
        #expect(try ask(server, "alice", version: "http1.1").answer == "401 1.1")
        await server.test.server.stop()
    }
}
