import OrderUpdates
import TransportCore

/// A subscription as admission sees it.
struct InProcessHandshake: HandshakeRequest {
    enum Verdict {
        case accept(Principal)
        case refuse(status: Int, retryAfter: Int? = nil)
    }

    private let subscription: Subscription
    private let headers: [(name: String, value: String)]

    init(_ subscription: Subscription) {
        self.subscription = subscription
        headers = subscription.headers + subscription.credential.headers()
    }

    func header(_ name: String) -> String? {
        let values = headers.filter { $0.name == name }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }
    func queries(_ name: String) -> [String] { [] }
    var target: HandshakeTarget {
        HandshakeTarget(transport: .inProcess, orders: subscription.orders.map { OrderName($0.description) })
    }

    func judge(_ facts: some AdmissionFacts, _ limits: ServerConfiguration.Limits) -> Verdict {
        let orders = subscription.orders
        do throws(Rejection) {
            let principal = try Admission.judge(self, .init(scope: .read, opensStream: true), facts).principal
            guard !orders.isEmpty, orders.count <= limits.subscriptionsPerConnection,
                Set(orders).count == orders.count
            else { throw Rejection(400, "name each order once, and not too many") }
            _ = try Admission.authorize(orders.map(\.description), principal, facts)
            return .accept(principal)
        } catch {
            return .refuse(status: error.status, retryAfter: error.retryAfter)
        }
    }
}

extension CloseReason {
    /// The delay in whole seconds, rounded up, as in `Retry-After` (RFC 9110, section 10.2.3).
    var retryAfter: Int? { delayMilliseconds.map { ($0 + 999) / 1000 } }
}
