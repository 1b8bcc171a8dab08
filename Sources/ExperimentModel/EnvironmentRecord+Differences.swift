extension EnvironmentRecord {
    /// How the environment differs from what was recorded, one clause for each difference; empty where a run can
    /// continue as it began.
    ///
    /// The time and the load change all the time, and are not compared.
    public func differences(from recorded: Self) -> [String] {
        var found: [String] = []
        func compare(_ what: String, _ then: String?, _ now: String?) {
            guard then != now else { return }
            found.append("\(what) was \(then ?? "not recorded") and is \(now ?? "not known")")
        }
        compare("the host", recorded.hostname, hostname)
        compare("the kernel", recorded.kernel, kernel)
        compare("the processor", recorded.cpuModel, cpuModel)
        compare("the number of cores", String(recorded.cores), String(cores))
        compare("the frequency governor", recorded.governor, governor)
        compare("the memory", recorded.memory, memory)
        compare("the revision of Tandem", recorded.revision, revision)
        compare("the Swift version", recorded.swiftVersion, swiftVersion)
        for name in Set(recorded.libraries.keys).union(libraries.keys).sorted() {
            compare(name, recorded.libraries[name], libraries[name])
        }
        return found
    }

    /// Rounded, because the memory that the kernel reserves changes from boot to boot.
    private var memory: String { "\((memoryBytes + 1 << 29) >> 30) GiB" }

    private var revision: String? {
        gitRevision.map { $0 + (gitDirty == true ? " with changes" : "") }
    }
}
