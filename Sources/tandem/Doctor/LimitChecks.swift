import Glibc
import Measurement

/// The system's limits for a process: descriptors, ports, addresses, readable kernel figures.
struct LimitChecks {
    var findings: [DoctorFinding] { [descriptors, loopback, port, ports, kernelFigures, systemCalls] }

    private var descriptors: DoctorFinding {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let found = "\(limit.rlim_cur) a process, up to \(limit.rlim_max)"
        guard limit.rlim_max >= 4_500 else {
            return DoctorFinding(
                "descriptors", .warning, found + "; each connection takes one, and footprint.yaml holds 4,000",
                advice: "raise the hard limit: ulimit -Hn 20000 as root, or LimitNOFILE= of the service")
        }
        return DoctorFinding("descriptors", .good, found)
    }

    /// Large populations connect from several addresses, because one has too few ports.
    private var loopback: DoctorFinding {
        let failures = ["127.0.0.1", "127.0.0.2"].compactMap { host in Self.listen(host).map { "\(host): \($0)" } }
        guard failures.isEmpty else {
            return DoctorFinding(
                "loopback", .problem, failures.joined(separator: ", "),
                advice: "allow listening on 127.0.0.0/8: bring the interface up with `ip link set lo up`")
        }
        return DoctorFinding("loopback", .good, "127.0.0.1 and 127.0.0.2 can be listened on")
    }

    private var systemCalls: DoctorFinding {
        do throws(MeasurementError) {
            _ = try SystemCallCounter(pid: getpid())
            return DoctorFinding("system calls", .good, "can be counted")
        } catch {
            return DoctorFinding(
                "system calls", .warning, "cannot be counted: \(error)",
                advice: "run as root to have them in reports; everything else is measured all the same")
        }
    }

    private var ports: DoctorFinding {
        guard let text = Self.firstLine("/proc/sys/net/ipv4/ip_local_port_range") else {
            return DoctorFinding("ports", .warning, "the range of local ports cannot be read")
        }
        let bounds = text.split(whereSeparator: { $0 == " " || $0 == "\t" }).compactMap { Int($0) }
        guard bounds.count == 2, bounds[1] - bounds[0] >= 12_000 else {
            return DoctorFinding(
                "ports", .warning, "local ports \(text); 10,000 connections of one address do not fit",
                advice: "widen the range: sysctl net.ipv4.ip_local_port_range='16384 60999'")
        }
        return DoctorFinding("ports", .good, "local ports \(bounds[0]) to \(bounds[1])")
    }

    /// The default port of `tandem serve`.
    private var port: DoctorFinding {
        let port = ServeCommand.defaultPort
        guard let reason = Self.listen("127.0.0.1", port: in_port_t(port)) else {
            return DoctorFinding("port", .good, "127.0.0.1:\(port) is free for `tandem serve`")
        }
        return DoctorFinding(
            "port", .warning, "127.0.0.1:\(port) cannot be listened on: \(reason)",
            advice: "end what listens there (ss -ltnp), or serve on another: tandem serve --port 0")
    }

    /// What each file is read for, and what to do without it.
    private static let figures: [(file: String, advice: String)] = [
        (
            "/proc/self/smaps_rollup",
            "memory is then the resident size, shared pages included: a kernel of 4.14 or later has the file"
        ),
        (
            "/proc/net/sockstat",
            "socket memory is not reported without it: mount /proc, with its net, into the container"
        ),
        ("/proc/slabinfo", "socket memory is reported without its slabs: run as root to have them"),
    ]

    private var kernelFigures: DoctorFinding {
        // Opened and not just checked, because some files in /proc appear readable to everyone and cannot be opened.
        let missing = Self.figures.filter { figure in
            guard let file = fopen(figure.file, "r") else { return true }
            fclose(file)
            return false
        }
        guard missing.isEmpty else {
            return DoctorFinding(
                "kernel figures", .warning, "\(missing.map(\.file).joined(separator: ", ")) cannot be read",
                advice: missing.map(\.advice).joined(separator: "; "))
        }
        return DoctorFinding("kernel figures", .good, "memory of processes, socket buffers and slabs can be read")
    }

    /// Why a port of the host, by default a free one, cannot be listened on; nil where it can.
    private static func listen(_ host: String, port: in_port_t = 0) -> String? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        // As for a server, a connection that closed a moment ago must not keep the port from being used.
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        inet_pton(AF_INET, host, &address.sin_addr)
        let failed = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) != 0
            }
        }
        return failed || Glibc.listen(descriptor, 1) != 0 ? String(cString: strerror(errno)) : nil
    }

    static func firstLine(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 256)
        guard fgets(&buffer, Int32(buffer.count), file) != nil else { return nil }
        let text = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return String(text.prefix { !$0.isNewline })
    }
}
