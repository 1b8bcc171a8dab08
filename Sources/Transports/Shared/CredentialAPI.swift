import LWS
import TransportCore

extension Route {
    /// A request of an auth scheme's own.
    init(_ endpoint: CredentialEndpoint) {
        let method: Exchange.Method =
            switch endpoint.method {
            case .get: .get
            case .post: .post
            case .delete: .delete
            }
        self.init(
            method, endpoint.path, admission: endpoint.scope.map { .scope($0) } ?? .principal,
            takesBody: endpoint.takesBody
        ) { request in
            if endpoint.takesBody, let fault = StrictJSON.fault(in: request.exchange.body) {
                return request.refuse(fault)
            }
            let answer = endpoint.handle(
                CredentialEndpoint.Request(
                    principal: request.principal, body: request.exchange.body, isTLS: request.exchange.isTLS))
            guard answer.status < 400 else {
                return request.refuse(answer.status, answer.detail, headers: answer.headers)
            }
            let type = answer.body.isEmpty ? [] : [("content-type", "application/json")]
            request.respond(Response(status: answer.status, headers: type + answer.headers, body: answer.body))
        }
    }

    /// Extends the streams that were opened with an earlier token, by the credential of this request.
    static let renewal = Route(.post, "/renewals", scope: .read, takesBody: true) { request in
        struct Body: Decodable {
            var tokenId: String
        }
        guard let body = request.decode(Body.self, form: "{\"tokenId\":\"<jti of the earlier token>\"}") else { return }
        request.loop.renewEverywhere(openedWith: body.tokenId, request)
    }
}
