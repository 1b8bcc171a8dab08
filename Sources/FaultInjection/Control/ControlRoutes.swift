import ExperimentModel
import FoundationEssentials
import NIOHTTP1

/// The HTTP interface: `Docs/Faults.md` describes it.
struct ControlRoutes {
    private let core: ProxyCore

    init(_ core: ProxyCore) { self.core = core }

    func answer(_ request: HTTPRequestHead, body: Data) -> ControlAnswer {
        // HEAD is answered as GET, without the content (RFC 9110, section 9.3.2).
        var request = request
        if request.method == .HEAD { request.method = .GET }
        do {
            let target = try ControlTarget(request.uri)
            let path = target.path
            switch (path.first, path.count) {
            case ("faults", 1...2) where !target.query.isEmpty, ("plan", 1) where !target.query.isEmpty,
                ("connections", 1) where !target.query.isEmpty:
                return ControlAnswer(
                    .badRequest, "/\(path[0]) takes no query, and so no '\(target.query[0].name)': leave it out")
            case ("faults", 1): return try faults(request, body)
            case ("faults", 2): return try fault(request, path[1])
            case ("plan", 1): return try plan(request, body)
            case ("log", 1): return try log(request, target.query)
            case ("connections", 1): return try connections(request)
            default:
                return ControlAnswer(
                    .notFound, "no such path: there are /faults, /faults/ID, /plan, /log and /connections")
            }
        } catch let error as Rejection {
            // RFC 9110, section 9.3.7: OPTIONS is answered with the methods of the path.
            guard request.method != .OPTIONS || error.allowed == nil else {
                return ControlAnswer(.noContent, allowed: error.allowed)
            }
            return ControlAnswer(error.status, error.message, allowed: error.allowed)
        } catch let error as FaultError {
            return ControlAnswer(.badRequest, error.message)
        } catch {
            return ControlAnswer(.internalServerError, "\(error)")
        }
    }

    private struct Rejection: Error {
        var status: HTTPResponseStatus
        var message: String
        var allowed: String?
    }

    private func faults(_ request: HTTPRequestHead, _ body: Data) throws -> ControlAnswer {
        switch request.method {
        case .GET:
            return ControlAnswer(
                .ok, ControlForms.Faults(faults: core.profiles, active: core.activeFaults.map(ControlForms.Active.init))
            )
        case .POST:
            let step = try StepForm.decode(body, isImmediate: true, request)
            return ControlAnswer(.created, ControlForms.Active(try core.begin(step)))
        case .DELETE: return ControlAnswer(.ok, ControlForms.Ended(ended: core.end()))
        default: throw disallowed(request, "GET, POST, DELETE")
        }
    }

    private func fault(_ request: HTTPRequestHead, _ text: String) throws -> ControlAnswer {
        guard request.method == .DELETE else { throw disallowed(request, "DELETE") }
        guard let id = Int(text), core.end(id: id) == 1 else {
            throw Rejection(status: .notFound, message: "no fault with the id '\(text)' is under way: see GET /faults")
        }
        return ControlAnswer(.ok, ControlForms.Ended(ended: 1))
    }

    private func plan(_ request: HTTPRequestHead, _ body: Data) throws -> ControlAnswer {
        switch request.method {
        case .GET: break
        case .PUT: try core.follow(try StepForm.decodePlan(body, request))
        default: throw disallowed(request, "GET, PUT")
        }
        return ControlAnswer(.ok, ControlForms.Plan(startedAt: core.planStartedAt, steps: core.plan))
    }

    private func log(
        _ request: HTTPRequestHead, _ query: [(name: String, value: String)]
    ) throws -> ControlAnswer {
        guard request.method == .GET else { throw disallowed(request, "GET") }
        var after = 0
        if let parameter = query.first {
            guard query.count == 1, parameter.name == "after", let number = Int(parameter.value), number >= 0 else {
                let sent = query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
                throw Rejection(
                    status: .badRequest, message: "/log takes ?after=NUMBER of an entry, once, and not '\(sent)'")
            }
            after = number
        }
        return ControlAnswer(.ok, ControlForms.Log(count: core.log.count, entries: core.log.entries(after: after)))
    }

    private func connections(_ request: HTTPRequestHead) throws -> ControlAnswer {
        guard request.method == .GET else { throw disallowed(request, "GET") }
        let open = core.openConnections
        return ControlAnswer(
            .ok,
            ControlForms.Connections(
                accepted: core.accepted, open: open.count, connections: open.map(ControlForms.Connection.init)))
    }

    private func disallowed(_ request: HTTPRequestHead, _ methods: String) -> Rejection {
        Rejection(
            status: .methodNotAllowed, message: "\(request.method) is not for this path: it takes \(methods)",
            allowed: methods)
    }
}
