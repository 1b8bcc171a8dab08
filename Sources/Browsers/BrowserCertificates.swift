import ExperimentRunner
import FoundationEssentials
package import TransportCore

/// The TLS certificates of a browser, installed into an NSS database, which browsers on Linux read.
package struct BrowserCertificates: Sendable {
    /// A PEM file of the authority that it trusts.
    package var authority: String
    /// The certificate that it presents.
    package var client: CertificateFiles

    package init(authority: String, client: CertificateFiles) {
        self.authority = authority
        self.client = client
    }

    /// Protects a PKCS #12 file in the browser's home. Only its user can read that home, which is removed with the browser.
    private static let password = "tandem"

    /// - Parameter database: its folder; a missing folder is created.
    /// - Throws: `TrialError` where a program is missing or fails.
    func install(in database: String) async throws {
        try FileManager.default.createDirectory(atPath: database, withIntermediateDirectories: true)
        let (bundle, name) = (database + "/client.p12", "sql:" + database)
        for (program, debianPackage, arguments) in [
            (
                "openssl", "openssl",
                [
                    "pkcs12", "-export", "-in", client.certificate, "-inkey", client.key, "-name", "tandem-client",
                    "-passout", "pass:" + Self.password, "-out", bundle,
                ]
            ),
            ("certutil", "libnss3-tools", ["-d", name, "-N", "--empty-password"]),
            ("certutil", "libnss3-tools", ["-d", name, "-A", "-t", "C,,", "-n", "tandem-test", "-i", authority]),
            ("pk12util", "libnss3-tools", ["-d", name, "-i", bundle, "-W", Self.password, "-K", ""]),
        ] {
            try await HelperProgram.run(
                program, arguments, of: debianPackage, orElse: "a browser cannot be given certificates")
        }
    }
}
