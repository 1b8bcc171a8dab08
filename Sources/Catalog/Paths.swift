public import NetworkPaths

extension Catalog {
    /// What may stand between client and server, by the names that experiments use. A new one adds its line here, and its
    /// file under `Sources/NetworkPaths/Paths`.
    public static let paths: [any NetworkPath] = distinct([
        DirectPath(),
        NginxPath(),
        NginxDefaultPath(),
        NginxBufferingPath(),
        NginxGzipPath(),
        NginxIdlePath(),
        HAProxyPath(),
        HAProxyDefaultPath(),
        HAProxyIdlePath(),
        HAProxyRestartPath(),
    ])

    /// Nil where no path has the name.
    public static func path(named name: String) -> (any NetworkPath)? { paths.first { $0.name == name } }

    /// Traps where two paths have one name: an experiment could not say which it means.
    package static func distinct(_ paths: [any NetworkPath]) -> [any NetworkPath] {
        var names: Set<String> = []
        for path in paths {
            precondition(names.insert(path.name).inserted, "the path '\(path.name)' is registered twice")
        }
        return paths
    }
}
