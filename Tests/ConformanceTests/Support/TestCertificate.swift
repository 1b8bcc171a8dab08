import Foundation

/// An authority and a certificate of 127.0.0.1, made once a test run with the `openssl` command: no key is kept in the
/// repository.
struct TestCertificate: Sendable {
    /// PEM files.
    let authority: String
    let certificate: String
    let key: String

    static let shared = Result { try TestCertificate() }

    private static let folder = FileManager.default.temporaryDirectory.appending(
        path: "tandem-conformance-\(ProcessInfo.processInfo.processIdentifier)")

    private init() throws {
        let folder = Self.folder
        atexit { try? FileManager.default.removeItem(at: TestCertificate.folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        certificate = folder.appending(path: "server.pem").path
        key = folder.appending(path: "server.key").path
        // Self-signed, so that the certificate is its own authority.
        authority = certificate
        let openssl = Process()
        openssl.executableURL = URL(filePath: "/usr/bin/openssl")
        openssl.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", key,
            "-out", certificate,
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        guard openssl.terminationStatus == 0 else {
            throw CocoaError(
                .executableLoad, userInfo: [NSLocalizedDescriptionKey: "openssl could not make a certificate"])
        }
    }
}
