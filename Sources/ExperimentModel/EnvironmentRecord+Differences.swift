extension EnvironmentRecord {
    /// What is no longer as it was recorded, one clause for each; empty where a run can go on as it began.
    ///
    /// What changes from minute to minute (the time, the load) is no difference.
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

    /// Rounded: what the kernel keeps for itself changes from start to start.
    private var memory: String { "\((memoryBytes + 1 << 29) >> 30) GiB" }

    private var revision: String? {
        gitRevision.map { $0 + (gitDirty == true ? " with changes" : "") }
    }
}
