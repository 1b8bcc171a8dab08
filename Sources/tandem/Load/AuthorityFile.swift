import Glibc

/// The authorities that a load trusts (`--ca`), looked at before anything is connected: what OpenSSL says of a file without
/// a certificate helps nobody.
enum AuthorityFile {
    /// Enough for the bundle of a system, which has some 300 KiB.
    private static let limit = 16 << 20

    /// - Throws: `CommandFailure` where it cannot be read, or holds no certificate in PEM (RFC 7468).
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
        // What cannot be sought in, such as a pipe, could be read only once, and the client reads the file again.
        let size = Int(lseek(descriptor, 0, SEEK_END))
        guard (1...limit).contains(size) else { return false }
        var text = [UInt8](repeating: 0, count: size)
        let count = text.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        // OpenSSL takes `X509 CERTIFICATE` and `TRUSTED CERTIFICATE` too.
        return String(decoding: text.prefix(max(0, count)), as: UTF8.self).split(whereSeparator: \.isNewline)
            .contains { $0.hasPrefix("-----BEGIN ") && $0.hasSuffix("CERTIFICATE-----") }
    }
}
