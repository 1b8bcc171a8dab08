import ExperimentModel
import NetworkPaths
import TransportCore

/// Which cells of the studies of sessions cannot exist, and why. Reports print it as a finding, like a transport's
/// limitations.
struct SessionLegality {
    let settings: SessionStudySettings

    /// One sentence; nil for a cell that can be measured.
    func rejection(of cell: Cell) -> String? {
        guard let capabilities = settings.capabilities(cell.transport) else {
            return "no transport '\(cell.transport)' is registered"
        }
        if cell.protocolVersion == "h2", !cell.tls {
            return "sessions speak HTTP/2 as browsers do, within TLS alone"
        }
        if cell.transport == "in-process" { return "in process there is no connection that could break" }
        let policy: SessionPolicy
        do {
            policy = try SessionTimings(cell).policy()
        } catch {
            return "\(error)"
        }
        return policyRejection(policy, cell, capabilities) ?? pathRejection(cell)
            ?? cell.session?.fault.flatMap { faultRejection($0, cell) }
    }

    private func pathRejection(_ cell: Cell) -> String? {
        guard let name = cell.session?.path else { return nil }
        guard let path = settings.path(of: cell) else { return "there is no path '\(name)'" }
        guard let program = path.program else { return nil }
        if path.targets.upperBound > 1, !["sse", "websocket"].contains(cell.transport) {
            return "\(name) spreads requests over nodes with timelines of their own, and each poll may come to another"
        }
        if cell.tls { return "the configurations of \(program.rawValue) here are without TLS" }
        return program.path == nil ? "\(program.rawValue) is not installed (Debian: \(program.rawValue))" : nil
    }

    private func policyRejection(
        _ policy: SessionPolicy, _ cell: Cell, _ capabilities: TransportCapabilities
    ) -> String? {
        if policy.model == .eventSource {
            if cell.transport != "sse" { return "an EventSource carries SSE alone" }
            if !["none", "cookie", "query", "ticket"].contains(cell.auth) {
                return "a native EventSource sets no header field of its own, so it cannot present '\(cell.auth)'"
            }
        }
        if let rejection = policy.rejection { return rejection }
        guard !capabilities.replays else { return nil }
        switch policy.recovery {
        case .snapshot: return nil
        case .refetch: return "each poll is a GET of the state already: there is nothing to re-fetch"
        case .replay, .replayOrSnapshot:
            return "\(cell.transport) delivers the latest state and no positions to resume from"
        }
    }

    private func faultRejection(_ plan: FaultPlan, _ cell: Cell) -> String? {
        for step in plan.steps {
            guard let profile = settings.profiles.first(where: { $0.name == step.fault }) else {
                return "there is no fault '\(step.fault)'"
            }
            if cell.tls, profile.needsPlain { return "'\(step.fault)' has to read HTTP, which TLS hides from it" }
        }
        return FaultRun(plan, faults: settings.faults).rejection
    }
}
