public import NetworkPaths

extension Catalog {
    /// The paths between client and server, by the names in experiments. A new one adds its line here, and its file
    /// under `Sources/NetworkPaths/Paths`.
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

    /// Traps where two paths have the same name, because an experiment could not tell which one it means.
    package static func distinct(_ paths: [any NetworkPath]) -> [any NetworkPath] {
        var names: Set<String> = []
        for path in paths {
            precondition(names.insert(path.name).inserted, "the path '\(path.name)' is registered twice")
        }
        return paths
    }
}
