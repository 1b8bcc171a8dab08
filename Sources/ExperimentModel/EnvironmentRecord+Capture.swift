public import Clocks
import Glibc
import Measurement

extension EnvironmentRecord {
    /// Describes this machine now.
    ///
    /// - Parameters:
    ///   - libraries: versions by name, from the caller, which links them.
    ///   - repository: a path within the checkout of Tandem; nil for the checkout that this program was built in.
    public static func capture(
        libraries: [String: String], repository: String? = nil, clock: some TimeSource = MonotonicClock()
    ) -> Self {
        var system = utsname()
        uname(&system)
        let cpuinfo = text("/proc/cpuinfo")
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        var loads = [Double](repeating: 0, count: 3)
        let count = getloadavg(&loads, 3)
        let checkout = repository.map { GitRevision(around: $0) } ?? GitRevision.ofThisProgram
        return Self(
            recordedAt: Timestamp.string(clock.unixNanoseconds), hostname: string(&system.nodename),
            kernel: [
                string(&system.sysname), string(&system.release), string(&system.version), string(&system.machine),
            ]
            .joined(separator: " "),
            operatingSystem: value(of: "PRETTY_NAME", "=", in: text("/etc/os-release")).map {
                String($0.filter { $0 != "\"" })
            },
            // Arm kernels give no name, only numbers of the implementer and the part.
            cpuModel: value(of: "model name", ":", in: cpuinfo) ?? value(of: "CPU part", ":", in: cpuinfo) ?? "unknown",
            cores: AllowedProcessors.current.count,
            governor: value(in: text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")),
            memoryBytes: Int64(sysconf(Int32(_SC_PHYS_PAGES))) * Int64(sysconf(Int32(_SC_PAGESIZE))),
            descriptorLimit: DescriptorLimit(
                soft: Int64(clamping: limit.rlim_cur), hard: Int64(clamping: limit.rlim_max)),
            loadAtStart: Array(loads.prefix(max(0, Int(count)))), gitRevision: checkout?.commit,
            gitDirty: checkout?.isDirty, swiftVersion: compilerVersion, libraries: libraries)
    }

    private static func text(_ path: String) -> String {
        (try? DiskFile.read(path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// The value of the first `key<separator>value` line.
    private static func value(of key: String, _ separator: Character, in text: String) -> String? {
        for line in text.split(separator: "\n") where line.hasPrefix(key) {
            let parts = line.split(separator: separator, maxSplits: 1)
            if parts.count == 2, let value = value(in: String(parts[1])) { return value }
        }
        return nil
    }

    /// The text without surrounding blanks; nil where it is empty.
    private static func value(in text: String) -> String? {
        let trimmed = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
        return trimmed.isEmpty ? nil : String(trimmed)
    }

    private static func string<Tuple>(_ characters: inout Tuple) -> String {
        withUnsafeBytes(of: &characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// The version of the compiler that built this program. The runtime does not know its own.
    private static var compilerVersion: String {
        #if compiler(>=6.5)
            "6.5 or later"
        #elseif compiler(>=6.4)
            "6.4"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }
}
