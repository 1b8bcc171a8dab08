/// What every configuration of nginx has here: the foreground, no root, its files in a folder, and many connections.
enum NginxText {
    /// - Parameter location: the lines of the one location, indented by nothing.
    static func configuration(_ place: PathPlace, http: [String] = [], location: [String]) -> PathConfiguration {
        let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
            "\($0)_temp_path \(place.folder)/\($0);"
        }
        return PathConfiguration(
            """
            daemon off;
            master_process off;
            pid \(place.folder)/nginx.pid;
            error_log \(place.folder)/error.log;
            worker_rlimit_nofile 20000;
            events { worker_connections 20000; }
            http {
                access_log off;
            \(lines(folders + http, indent: 4))
                server {
                    listen 127.0.0.1:\(place.port) backlog=4096;
                    location / {
            \(lines(["proxy_pass http://\(place.targets[0]);"] + location, indent: 12))
                    }
                }
            }
            """)
    }

    private static func lines(_ lines: [String], indent: Int) -> String {
        lines.map { String(repeating: " ", count: indent) + $0 }.joined(separator: "\n")
    }
}
