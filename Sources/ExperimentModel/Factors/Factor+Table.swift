extension Factor {
    /// Every factor, in the order of labels. A new one adds its line here.
    public static let all: [Factor] = [
        transport, protocolVersion, tls, client, recovery, fault, path, durability, pace, load, heartbeat, auth, loops,
        pollInterval, compression,
    ]

    /// All factors except the transport, which has levels of its own.
    static let crossed = all.filter { $0 != transport }.sorted { $0.crossPlace < $1.crossPlace }
    static let inIDs = all.sorted { $0.idPlace < $1.idPlace }

    /// The floor and its load client speak HTTP/1.1, without credentials and heartbeats.
    private static let allButCapacity = Set(Experiment.Study.allCases).subtracting([.capacity])

    // MARK: The connection

    public static let transport = Factor(
        "transport", idPlace: 0, crossPlace: 0,
        decode: name(\.transports), level: { .text($0.transport) },
        set: { cell, level in if let name = level.text { cell.transport = name } },
        idPart: { $0.transportLabel },
        words: { transport($0.transport, every: $0.pollIntervalSeconds) })

    /// Only for transports that poll at an interval.
    public static let pollInterval = Factor(
        "pollInterval", crossPlace: 5, usual: [5],
        decode: { node, _ throws(ExperimentFileError) in .number(try node.number(0.05...3_600)) },
        level: { $0.pollIntervalSeconds.map { .number($0) } },
        set: { cell, level in cell.pollIntervalSeconds = level.number },
        // The transport's id and words contain it.
        idPart: { _ in nil }, words: { _ in nil })

    /// Only for transports that can compress messages.
    public static let compression = Factor(
        "compression", idPlace: 13, crossPlace: 14, usual: ["off"], studies: [.delivery], elsewhere: "off",
        isOfTransport: true,
        decode: { node, _ throws(ExperimentFileError) in .text(try node.name(among: ["off", "permessage-deflate"])) },
        level: { .text($0.compression ?? "off") },
        set: { cell, level in cell.compression = level == "off" ? nil : level.text },
        idPart: { $0.compression }, words: { $0.compression },
        serve: { $0.compression.map { ["--compression", $0] } ?? [] })

    public static let protocolVersion = Factor(
        "protocol", idPlace: 1, crossPlace: 1, usual: ["h1"], studies: allButCapacity, elsewhere: "h1",
        decode: name(\.protocolVersions), level: { .text($0.protocolVersion) },
        set: { cell, level in if let name = level.text { cell.protocolVersion = name } },
        idPart: { $0.protocolVersion }, words: { name(ofProtocol: $0.protocolVersion) },
        // With TLS it is always offered.
        serve: { $0.protocolVersion == "h2" && !$0.tls ? ["--h2c-port", "0"] : [] })

    public static let tls = Factor(
        "tls", idPlace: 2, crossPlace: 2, usual: [false],
        decode: { node, _ throws(ExperimentFileError) in .flag(try node.flag()) }, level: { .flag($0.tls) },
        set: { cell, level in if case .flag(let flag) = level { cell.tls = flag } },
        idPart: { $0.tls ? "tls" : "plain" }, words: { text(tls: $0.tls) })

    public static let auth = Factor(
        "auth", idPlace: 4, crossPlace: 3, usual: ["bearer"], studies: allButCapacity, elsewhere: "none",
        decode: name(\.authSchemes), level: { .text($0.auth) },
        set: { cell, level in if let name = level.text { cell.auth = name } },
        idPart: { $0.auth != "bearer" && $0.server != .floor ? "auth-\($0.auth)" : nil },
        words: { "auth \($0.auth)" }, serve: { ["--auth", $0.auth] })

    public static let heartbeat = Factor(
        "heartbeat", idPlace: 5, crossPlace: 4, usual: [.heartbeat(.standard)], studies: allButCapacity,
        elsewhere: .heartbeat(.off),
        decode: { node, decoder throws(ExperimentFileError) in .heartbeat(try decoder.heartbeat(node)) },
        level: { .heartbeat($0.heartbeat) },
        set: { cell, level in if case .heartbeat(let heartbeat) = level { cell.heartbeat = heartbeat } },
        idPart: { cell in
            guard cell.heartbeat != .standard, cell.server != .floor else { return nil }
            guard cell.heartbeat.kind != .off else { return "heartbeat-off" }
            return "heartbeat-\(cell.heartbeat.kind.rawValue)-\(StrictNode.shown(cell.heartbeat.seconds))s"
        }, words: { text($0.heartbeat) },
        serve: { cell in
            let kind = ["--heartbeat-kind", cell.heartbeat.kind.rawValue]
            guard cell.heartbeat.kind != .off else { return kind }
            return kind + ["--heartbeat-interval", "\(Int((cell.heartbeat.seconds * 1000).rounded()))ms"]
        })

    // MARK: The load

    public static let load = Factor(
        "load", idPlace: 3, crossPlace: 7,
        decode: { node, decoder throws(ExperimentFileError) in .text(try node.name(among: decoder.loads)) },
        level: { .text($0.load.name) },
        set: { cell, level in if let name = level.text { cell.load.name = name } },
        idPart: { $0.load.name }, words: { $0.load.name })

    public static let loops = Factor(
        "loops", idPlace: 6, crossPlace: 6, usual: [1],
        // The same range as in `tandem serve`.
        decode: { node, _ throws(ExperimentFileError) in .number(Double(try node.integer(1...64))) },
        level: { .number(Double($0.loops)) },
        set: { cell, level in if let number = level.number { cell.loops = Int(number) } },
        idPart: { $0.loops == 1 ? nil : "loops-\($0.loops)" },
        words: { $0.loops == 1 ? "1 loop" : "\($0.loops) loops" }, serve: { ["--loops", String($0.loops)] })

    // MARK: Sessions

    public static let client = session(
        "client", idPlace: 7, in: [.reconnection, .storm, .drain, .proxies], \.client, among: \.sessionClients)
    public static let recovery = session(
        "recovery", idPlace: 8, in: [.reconnection, .storm, .drain, .proxies], \.recovery, among: \.recoveries)
    public static let path = session(
        "path", idPlace: 10, in: [.reconnection, .proxies], \.path, among: \.paths)

    public static let fault = Factor(
        "fault", idPlace: 9, crossPlace: 10, studies: [.reconnection],
        decode: { node, decoder throws(ExperimentFileError) in
            let name = try node.name(among: decoder.faults.map(\.name))
            return decoder.faults.first { $0.name == name }.map { .fault($0) } ?? .off
        }, level: { $0.session?.fault.map { .fault($0) } },
        set: { cell, level in if case .fault(let plan) = level { cell.withSession { $0.fault = plan } } },
        idPart: { $0.session?.fault?.name }, words: { $0.session?.fault?.name })

    public static let durability = Factor(
        "durability", idPlace: 11, crossPlace: 12, studies: [.reconnection],
        decode: { node, _ throws(ExperimentFileError) in .text(try node.name(among: durabilities)) },
        level: { $0.session?.durability.map { .text($0) } },
        set: { cell, level in cell.withSession { $0.durability = level.text } },
        idPart: { $0.session?.durability.map { "data-\($0)" } },
        words: { $0.session?.durability.map { "durability \($0)" } })

    /// The values of `tandem serve --durability`.
    package static let durabilities = ["none", "async", "commit"]

    public static let pace = Factor(
        "pace", idPlace: 12, crossPlace: 13, studies: [.storm, .drain], elsewhere: .off,
        decode: { node, _ throws(ExperimentFileError) in
            node.isName("off") ? .off : .number(try node.number(1...1_000_000))
        }, level: { $0.session?.pace.map { .number($0) } ?? .off },
        set: { cell, level in cell.withSession { $0.pace = level.number } },
        idPart: { $0.session?.pace.map { "pace-\(StrictNode.shown($0))" } },
        words: { $0.session?.pace.map { "pace \(grouped($0))/s" } ?? "no pace" })

    private static func session(
        _ key: String, idPlace: Int, in studies: Set<Experiment.Study>,
        _ member: any WritableKeyPath<SessionLevels, String?> & Sendable,
        among names: any KeyPath<Vocabulary, [String]> & Sendable
    ) -> Factor {
        Factor(
            key, idPlace: idPlace, crossPlace: idPlace + 1, studies: studies, decode: name(names),
            level: { $0.session?[keyPath: member].map { .text($0) } },
            set: { cell, level in cell.withSession { $0[keyPath: member] = level.text } },
            idPart: { $0.session?[keyPath: member] }, words: { $0.session?[keyPath: member] })
    }

    private static func name(_ names: any KeyPath<Vocabulary, [String]> & Sendable) -> Decode {
        { node, decoder throws(ExperimentFileError) in
            .text(try node.name(among: decoder.vocabulary[keyPath: names]))
        }
    }
}

extension Cell {
    fileprivate mutating func withSession(_ change: (inout SessionLevels) -> Void) {
        var levels = session ?? SessionLevels()
        change(&levels)
        session = levels
    }
}
