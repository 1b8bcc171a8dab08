import LWS
import TransportCore

extension ServerRequest {
    fileprivate func respond(_ answer: CredentialEndpoint.Answer) {
        guard answer.status < 400 else { return refuse(answer.status, answer.detail, headers: answer.headers) }
        let type = answer.body.isEmpty ? [] : [("content-type", "application/json")]
        respond(Response(status: answer.status, headers: type + answer.headers, body: answer.body))
    }
}

extension Route {
    /// A route for a request of an auth scheme.
    init(_ endpoint: CredentialEndpoint) {
        let method: Exchange.Method =
            switch endpoint.method {
            case .get: .get
            case .post: .post
            case .delete: .delete
            }
        self.init(
            method, endpoint.path, access: endpoint.scope.map { .scope($0) } ?? .principal,
            takesBody: endpoint.takesBody
        ) { request in
            if endpoint.takesBody, let fault = StrictJSON.fault(in: request.exchange.body) {
                return request.refuse(fault)
            }
            let reply = endpoint.reply(
                CredentialEndpoint.Request(
                    principal: request.principal, body: request.exchange.body, isTLS: request.exchange.isTLS))
            switch reply {
            case .now(let answer): request.respond(answer)
            case .later(let find):
                request.loop.respond(to: request) { respond in
                    find { answer in respond { $0.respond(answer) } }
                }
            }
        }
    }

    /// Extends the streams that were opened with an earlier token, with the credential of this request.
    static let renewal = Route(.post, "/renewals", scope: .read, takesBody: true) { request in
        struct Body: Decodable {
            var tokenId: CredentialID
        }
        guard let body = request.decode(Body.self, form: "{\"tokenId\":\"<jti of the earlier token>\"}") else { return }
        request.loop.renewEverywhere(openedWith: body.tokenId, request)
    }
}
