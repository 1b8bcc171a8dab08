import Glibc

/// A proxy that Debian packages.
public enum ProxyProgram: String, Hashable, Sendable {
    case nginx, haproxy

    /// Nil where it is not installed.
    public var path: String? {
        ["/usr/sbin/", "/usr/local/sbin/", "/usr/bin/"].map { $0 + rawValue }.first { access($0, X_OK) == 0 }
    }

    /// Runs it in the foreground, as a process of the user.
    func arguments(_ file: String, folder: String) -> [String] {
        switch self {
        case .nginx: ["-p", folder, "-e", folder + "/error.log", "-c", file]
        // In the foreground, and quiet; errors in the configuration are printed even so.
        case .haproxy: ["-db", "-q", "-f", file]
        }
    }
}
