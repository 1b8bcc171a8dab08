import ExperimentModel
import OrderUpdates
import TransportCore

/// Refuses a load that the transport cannot carry, before any connection is opened.
struct LoadCheck {
    private let specification: LoadSpecification
    private let capabilities: TransportCapabilities

    init(_ specification: LoadSpecification, capabilities: TransportCapabilities) {
        self.specification = specification
        self.capabilities = capabilities
    }

    func check() throws(LoadError) {
        let load = specification.load
        try require(load.connections >= 1, "a load takes at least one connection")
        try require(load.orders >= 1, "a load takes at least one order")
        try require(
            (0..<load.connections).contains(load.slowReaders),
            "there are \(load.slowReaders) slow readers of \(load.connections) connections: what a load measures is how the others "
                + "fare, so at least one must read on")
        if let rate = load.connectRate {
            try require(
                rate > 0 && rate.isFinite,
                "connectRate is \(rate), and takes more than 0 connections a second; leave it out to connect as fast as the "
                    + "server takes them")
        }
        try require(
            load.updatesPerSecond >= 0 && load.updatesPerSecond.isFinite && load.burst >= 1,
            "updates a second are not negative, and a burst holds at least one")
        try require(
            specification.measureSeconds > 0 && specification.warmupSeconds >= 0 && specification.drainSeconds >= 0,
            "the window is longer than 0 s, and warm-up and drain are not negative")
        try require(
            specification.sampleSeconds ?? 1 > 0 && specification.pollIntervalSeconds ?? 1 > 0,
            "the times between two samples and between two polls are longer than 0 s")
        try require(specification.connectsInFlight >= 1, "at least one connection may be under way at a time")
        try require(
            OrderID(specification.orderPrefix + String(load.orders)) != nil,
            "'\(specification.orderPrefix)' cannot begin an order's id: letters, digits and - . _ ~ can")
        try checkForeign()
        guard let version = ProtocolVersion(rawValue: specification.protocolVersion) else {
            throw LoadError(.unsupported, "'\(specification.protocolVersion)' is no protocol version; h1 and h2 are")
        }
        // A transport that uses no HTTP ignores the version.
        try require(
            capabilities.protocolVersions.isEmpty || capabilities.protocolVersions.contains(version),
            "\(specification.transport) is not carried over \(version.rawValue)"
                + (capabilities.limitations.first { $0.subject.contains(version.rawValue) }.map { ": \($0.reason)" }
                    ?? ""))
        try require(
            specification.compression == .off || capabilities.compressesMessages,
            "\(specification.transport) has no \(specification.compression.rawValue)")
        try require(
            !specification.target.tls || capabilities.supportsTLS, "\(specification.transport) has no TLS")
    }

    /// With rounded times, two updates of an order may have the same time, which cannot identify them.
    private func checkForeign() throws(LoadError) {
        guard let foreign = specification.foreign, foreign.sequencePointer == nil, specification.publishing == .http
        else {
            return
        }
        let granularity = foreign.timestampFormat.granularity
        let load = specification.load
        let gap = 1e9 * Double(load.orders * load.burst) / max(load.updatesPerSecond, 1e-9)
        try require(
            granularity == 1 || (load.burst == 1 && gap > 2 * Double(granularity)),
            "times in milliseconds do not tell the updates of this load apart: have the server carry {sequence}, and say "
                + "where it stands with --sequence-pointer")
    }

    private func require(_ condition: Bool, _ message: String) throws(LoadError) {
        if !condition { throw LoadError(.unsupported, message) }
    }
}
