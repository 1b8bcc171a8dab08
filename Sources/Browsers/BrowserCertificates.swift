import ExperimentRunner
import FoundationEssentials
package import TransportCore

/// What a browser is to trust in TLS, and to show: installed into an NSS database, which is where browsers on Linux look.
package struct BrowserCertificates: Sendable {
    /// PEM file of the authority that is trusted.
    package var authority: String
    /// The user's own.
    package var client: CertificateFiles

    package init(authority: String, client: CertificateFiles) {
        self.authority = authority
        self.client = client
    }

    /// Of a PKCS #12 file that lives as long as the browser's home, to which nobody else has access.
    private static let password = "tandem"

    /// - Parameter database: its folder, which is made where there is none.
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
