import LWS
import OrderUpdates
import TransportCore

/// The requests that all transports share: create, ingest, command, renewal, health.
enum OrderAPI {
    static let routes: [Route] = [
        Route(.get, "/healthz", scope: nil) { $0.respond(.json(200, Array("{\"status\":\"ok\"}".utf8))) },
        Route(.get, "/readyz", scope: nil) { request in
            let status = request.loop.isDraining ? (503, "draining") : (200, "ready")
            request.respond(.json(status.0, Array("{\"status\":\"\(status.1)\"}".utf8)))
        },
        Route(.post, "/orders", scope: .command, takesBody: true, handle: create),
        Route(.post, "/orders/{id}/commands", scope: .command, takesBody: true, handle: command),
        Route(.post, "/orders/{id}/updates", scope: .publish, takesBody: true, handle: ingest),
        .renewal,
    ]

    private struct NewOrder: Decodable {
        var id: String
        var owner: Subject?
    }

    private static func create(_ request: ServerRequest) {
        guard let body = request.decode(NewOrder.self, form: "{\"id\":\"<order>\"}") else { return }
        guard let id = OrderID(body.id) else {
            return request.refuse(
                400,
                "an order's name has 1 to \(OrderID.maximumLength) characters of A-Z a-z 0-9 - . _ ~, and is not . or .."
            )
        }
        let owner = body.owner ?? request.principal.subject
        guard (1...256).contains(owner.utf8.count) else {
            return request.refuse(400, "an owner's name has 1 to 256 bytes")
        }
        guard owner == request.principal.subject || request.principal.scopes.contains(.publish) else {
            return request.refuse(403, "creating an order for someone else needs \(Scope.publish.rawValue)")
        }
        do {
            let order = try request.loop.hub.create(id, owner: owner)
            request.loop.whenCommitted(request) {
                .json(201, order.json, headers: [("location", "/orders/\(id)"), ("etag", "\"\(order.position)\"")])
            }
        } catch {
            request.refuse(error.status, error.description, headers: error.headers)
        }
    }

    private struct Command: Decodable {
        var id: String?
        var command: String?
        var reason: String?
    }

    private static func command(_ request: ServerRequest) {
        guard let body = request.decode(Command.self, form: "{\"command\":\"<name>\"}") else { return }
        let result = CommandResult.perform(
            body.command, on: request.parameter ?? "", reason: body.reason, request.principal, request.loop.hub,
            request.loop)
        guard result.isAccepted || result.status == 409 else {
            return request.refuse(result.status, result.message, headers: result.headers)
        }
        let response = Response.json(result.status, result.json(id: body.id, typed: false))
        if result.isAccepted { request.loop.whenCommitted(request) { response } } else { request.respond(response) }
    }

    private static func ingest(_ request: ServerRequest) {
        let name = request.parameter ?? ""
        let orders: [OrderID]
        do throws(Rejection) {
            orders = try request.loop.authorize([name], request.principal, anyOwner: true)
        } catch {
            return request.refuse(error)
        }
        let ingest: Ingest
        do throws(Ingest.Rejection) {
            ingest = try Ingest(
                request.exchange.body, contentType: request.exchange.header("content-type"),
                event: CloudEventFields(request.exchange.headers(beginningWith: "ce-")), of: orders[0])
        } catch {
            return request.refuse(error.status, error.detail)
        }
        let updates = ingest.updates.map { $0.update(of: orders[0]) }
        guard ingest.isBatch else {
            do {
                let position = try request.loop.hub.publish(updates[0])
                request.loop.whenCommitted(request) { .json(202, Array("{\"position\":\"\(position)\"}".utf8)) }
            } catch {
                request.refuse(error.status, error.description, headers: error.headers)
            }
            return
        }
        // Each update is judged independently. The answer says which were refused, and why.
        let results = request.loop.hub.publish(updates)
        var json: [UInt8] = Array("{\"results\":[".utf8)
        for (index, result) in results.enumerated() {
            if index > 0 { json.append(UInt8(ascii: ",")) }
            switch result {
            case .success(let position): json += "{\"position\":\"\(position)\"}".utf8
            case .failure(let error):
                json += "{\"status\":\(error.status),\"detail\":".utf8
                json.appendJSONString(error.description)
                json.append(UInt8(ascii: "}"))
            }
        }
        json += "]}".utf8
        let refused = results.contains { if case .failure = $0 { true } else { false } }
        let response = Response.json(refused ? 409 : 202, json)
        request.loop.whenCommitted(request) { response }
    }
}
