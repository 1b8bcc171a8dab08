import Glibc

/// Checks the file of the authorities that a load trusts (`--ca`) before any connection is opened, because OpenSSL's
/// error for a file without a certificate does not help.
enum AuthorityFile {
    /// Enough for the bundle of a system, which has about 300 KiB.
    private static let limit = 16 << 20

    /// - Throws: `CommandFailure` if the file cannot be read, or contains no PEM certificate (RFC 7468).
    static func check(_ path: String) throws(CommandFailure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandFailure(
                .usage, "--ca: \(path) cannot be read (\(String(cString: strerror(errno)))): give a PEM file")
        }
        defer { close(descriptor) }
        guard holdsCertificate(descriptor) else {
            throw CommandFailure(
                .usage,
                "--ca: \(path) holds no certificate: give a PEM file, in which each begins with "
                    + "-----BEGIN CERTIFICATE-----")
        }
    }

    private static func holdsCertificate(_ descriptor: Int32) -> Bool {
        // A pipe, for example, can be read only once, and the client reads the file again, so the file must allow
        // seeking.
        let size = Int(lseek(descriptor, 0, SEEK_END))
        guard (1...limit).contains(size) else { return false }
        var text = [UInt8](repeating: 0, count: size)
        let count = text.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        // OpenSSL also accepts `X509 CERTIFICATE` and `TRUSTED CERTIFICATE`.
        return String(decoding: text.prefix(max(0, count)), as: UTF8.self).split(whereSeparator: \.isNewline)
            .contains { $0.hasPrefix("-----BEGIN ") && $0.hasSuffix("CERTIFICATE-----") }
    }
}
