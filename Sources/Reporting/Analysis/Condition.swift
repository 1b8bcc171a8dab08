public import ExperimentModel

/// What cells must share to be compared: the load, and every factor that is not part of the subject.
public struct Condition: Hashable, Sendable {
    public var load: LoadProfile
    public var tls: Bool
    public var auth: String
    public var heartbeat: Cell.Heartbeat
    public var loops: Int

    public init(_ cell: Cell) {
        load = cell.load
        tls = cell.tls
        auth = cell.auth
        heartbeat = cell.heartbeat
        loops = cell.loops
    }

    /// The load's name, then the factors that differ among `others`: `fan-out, TLS, auth none`.
    public func label(among others: [Condition]) -> String {
        ([load.name] + factors(among: others)).joined(separator: ", ")
    }

    /// The label without the load: `TLS, auth none`.
    public func factorLabel(among others: [Condition]) -> String {
        factors(among: others).joined(separator: ", ")
    }

    private func factors(among others: [Condition]) -> [String] {
        var parts = [Factor.text(tls: tls)]
        if others.contains(where: { $0.auth != auth }) { parts.append("auth \(auth)") }
        if others.contains(where: { $0.heartbeat != heartbeat }) { parts.append(Factor.text(heartbeat)) }
        if others.contains(where: { $0.loops != loops }) { parts.append(Decimals.count(loops, "loop")) }
        return parts
    }

    /// What the load consists of, in words.
    public var description: String {
        var text = Decimals.count(load.connections, "connection") + " on " + Decimals.count(load.orders, "order")
        if load.updatesPerSecond > 0 {
            text += ", \(Decimals.significant(load.updatesPerSecond, digits: 1)) updates/s"
            if load.burst > 1 { text += " in bursts of \(load.burst)" }
        } else {
            text += ", held idle"
        }
        if load.slowReaders > 0 { text += ", " + Decimals.count(load.slowReaders, "slow reader") }
        return text
    }
}

extension Condition: Comparable {
    /// By load name, then plain before TLS, then by the other factors.
    public static func < (left: Condition, right: Condition) -> Bool { left.rank < right.rank }

    private var rank: (String, Int, Int, String, String, Int) {
        (load.name, load.connections, tls ? 1 : 0, auth, Factor.text(heartbeat), loops)
    }
}
