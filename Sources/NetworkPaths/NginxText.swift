/// The part that all configurations of nginx share here: it runs in the foreground without root, has its files in a
/// folder, and takes many connections.
package enum NginxText {
    /// - Parameter location: the lines of the only location, without indentation.
    static func configuration(_ place: PathPlace, http: [String] = [], location: [String]) -> PathConfiguration {
        configuration(
            folder: place.folder, http: ["access_log off;"] + http,
            servers: """
                server {
                    listen 127.0.0.1:\(place.port) backlog=4096;
                    location / {
                \(lines(["proxy_pass http://\(place.targets[0]);"] + location, indent: 8))
                    }
                }
                """)
    }

    /// - Parameter servers: the server blocks, without indentation.
    package static func configuration(folder: String, http: [String], servers: String) -> PathConfiguration {
        let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \(folder)/\($0);" }
        let blocks = servers.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return PathConfiguration(
            """
            daemon off;
            master_process off;
            pid \(folder)/nginx.pid;
            error_log \(folder)/error.log;
            worker_rlimit_nofile 20000;
            events { worker_connections 20000; }
            http {
            \(lines(folders + http + blocks, indent: 4))
            }
            """)
    }

    private static func lines(_ lines: [String], indent: Int) -> String {
        lines.map { String(repeating: " ", count: indent) + $0 }.joined(separator: "\n")
    }
}
