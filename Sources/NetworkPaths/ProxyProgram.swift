import Glibc

/// A proxy from Debian's packages.
public enum ProxyProgram: String, Hashable, Sendable {
    case nginx, haproxy

    /// Nil where it is not installed.
    public var path: String? {
        ["/usr/sbin/", "/usr/local/sbin/", "/usr/bin/"].map { $0 + rawValue }.first { access($0, X_OK) == 0 }
    }

    /// Runs in the foreground, as the user's own process.
    func arguments(_ file: String, folder: String) -> [String] {
        switch self {
        case .nginx: ["-p", folder, "-e", folder + "/error.log", "-c", file]
        // In the foreground, and quiet: what it has to say of a configuration that it refuses comes all the same.
        case .haproxy: ["-db", "-q", "-f", file]
        }
    }
}
