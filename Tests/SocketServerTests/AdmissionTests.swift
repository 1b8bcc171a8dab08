import OrderUpdates
import Testing
import TransportCore
import Transports

@Suite("Who is let in")
struct AdmissionTests {
    /// A server as admission sees it; it notes what it was asked.
    private final class Server: AdmissionFacts {
        var isDraining = false
        var isFull = false
        var wait: Int?
        private(set) var asked: [String] = []
        let tokens = Noting()
        var auth: any AuthScheme { tokens }

        func openingWait() -> Int? {
            asked.append("pace")
            return wait
        }

        func owner(of order: OrderID) -> Subject? {
            asked.append("order")
            return ["hers": "alice", "his": "bob"][order.description]
        }
    }

    /// Knows the token `alice`, which may read, and counts how often it is asked.
    private final class Noting: AuthScheme {
        nonisolated(unsafe) private(set) var count = 0
        var name: String { "noting" }
        var challenge: String? { "Bearer" }

        func authenticate(_ request: some HandshakeRequest) throws(AuthenticationFailure) -> Principal {
            try authenticate(token: request.header("authorization") ?? "")
        }

        func authenticate(token: String) throws(AuthenticationFailure) -> Principal {
            count += 1
            guard token == "alice" else { throw AuthenticationFailure(.badSignature, "unknown token") }
            return Principal(subject: "alice", scopes: [.read])
        }
    }

    private struct Request: HandshakeRequest {
        var token = "alice"
        func header(_ name: String) -> String? { name == "authorization" ? token : nil }
        func queries(_ name: String) -> [String] { [] }
    }

    private func refusal(
        _ server: Server, token: String = "alice", scope: Scope? = .read, orders: [String] = ["hers"]
    ) -> Rejection? {
        do throws(Rejection) {
            _ = try Admission.judge(
                Request(token: token), .init(scope: scope, opensStream: true, orders: orders), server)
            return nil
        } catch {
            return error
        }
    }

    @Test("Each check has its status, its words and a time to come back where that helps")
    func checks() throws {
        #expect(refusal(Server()) == nil)
        let draining = Server()
        draining.isDraining = true
        let full = Server()
        full.isFull = true
        let paced = Server()
        paced.wait = 7
        let cases: [(Rejection?, status: Int, words: String, retryAfter: Int?)] = [
            (refusal(draining), 503, "draining", 1), (refusal(full), 503, "limit of connections", 5),
            (refusal(paced), 503, "in a second", 7), (refusal(Server(), token: "x"), 401, "valid credential", nil),
            (refusal(Server(), scope: .command), 403, "does not allow", nil),
            (refusal(Server(), orders: ["none"]), 404, "there is no order none", nil),
            (refusal(Server(), orders: ["a b"]), 404, "cannot be the name", nil),
            (refusal(Server(), orders: ["hers", "his"]), 403, "is not for this credential", nil),
        ]
        for (refusal, status, words, retryAfter) in cases {
            let refusal = try #require(refusal, "\(words): nobody was refused")
            #expect(refusal.status == status && refusal.retryAfter == retryAfter, "\(refusal)")
            #expect(refusal.detail.contains(words), "\(refusal)")
        }
        #expect(refusal(Server(), token: "x")?.cause == "unknown token")
    }

    @Test("The cheapest check comes first: nothing is asked behind one that refuses")
    func order() {
        let server = Server()
        server.isDraining = true
        server.isFull = true
        server.wait = 1
        #expect(refusal(server, token: "x")?.retryAfter == 1 && server.asked == [] && server.tokens.count == 0)
        server.isDraining = false
        #expect(refusal(server, token: "x")?.retryAfter == 5 && server.asked == [] && server.tokens.count == 0)
        server.isFull = false
        #expect(refusal(server, token: "x")?.retryAfter == 1 && server.asked == ["pace"] && server.tokens.count == 0)
        server.wait = nil
        #expect(refusal(server, token: "x")?.status == 401 && server.asked == ["pace", "pace"])
        #expect(server.tokens.count == 1)
        #expect(refusal(server, scope: .command)?.status == 403 && !server.asked.contains("order"))
        #expect(refusal(server) == nil && server.asked.last == "order")
    }

    @Test("A token of a connection that is open already does not come through the door again")
    func token() throws {
        let server = Server()
        server.isDraining = true
        server.isFull = true
        let admitted = try Admission.judge(
            token: "alice", .init(scope: .read, opensStream: true, orders: ["hers"]), server)
        #expect(admitted.principal.subject == "alice" && admitted.orders.map(\.description) == ["hers"])
        #expect(server.asked == ["order"])
    }

    @Test("Who publishes for all owners reaches the orders of all") func anyOwner() throws {
        let principal = Principal(subject: "crm", scopes: [.publish])
        let orders = try Admission.authorize(["hers", "his"], principal, anyOwner: true, Server())
        #expect(orders.count == 2)
        #expect(throws: Rejection.self) { try Admission.authorize(["none"], principal, anyOwner: true, Server()) }
    }
}
