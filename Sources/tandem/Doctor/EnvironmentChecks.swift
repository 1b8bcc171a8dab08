import Glibc

/// Environment variables that other tools obey and this one ignores.
struct EnvironmentChecks {
    private static let names = ["http_proxy", "https_proxy", "all_proxy"]

    private let value: (String) -> String?

    /// - Parameter value: the value of an environment variable; nil where it is not set.
    init(value: @escaping (String) -> String? = { getenv($0).map { String(cString: $0) } }) {
        self.value = value
    }

    var findings: [DoctorFinding] { [proxy] }

    /// The values may contain a password, so they are not shown.
    private var proxy: DoctorFinding {
        let named = Self.names.flatMap { [$0, $0.uppercased()] }.filter { value($0)?.isEmpty == false }
        guard !named.isEmpty else { return DoctorFinding("proxy", .good, "the environment names none") }
        return DoctorFinding(
            "proxy", .warning, "the environment names one (\(named.joined(separator: ", "))), and it is not used",
            advice:
                "servers are reached directly; to measure through a proxy say so: tandem load --proxy http://HOST:PORT")
    }
}
