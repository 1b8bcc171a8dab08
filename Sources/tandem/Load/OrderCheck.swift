import ExperimentModel
import LWS
import LoadGeneration
import OrderUpdates
import TransportCore
import Transports

/// Checks before a load connects that a Tandem server has the load's orders.
///
/// It checks at most `limit` orders, evenly spread, with the last one, because a server with too few orders lacks that.
struct OrderCheck {
    /// About a second of requests over loopback.
    private static let limit = 10_000
    private static let requestsInFlight = 16
    /// The number of missing orders that the error names.
    private static let named = 10

    private let specification: LoadSpecification
    private let credential: Credential

    init(_ specification: LoadSpecification, _ credential: Credential) {
        self.specification = specification
        self.credential = credential
    }

    /// Ignores any other answer, or none: the load reports the cause.
    ///
    /// - Throws: `LoadError` with the missing orders, or if the server is not Tandem's.
    func run() async throws {
        let target = specification.target
        let requester = try HTTPRequester(trustedAuthorities: target.trustedAuthorities, proxy: target.proxy)
        let missing = await missing(requester)
        await requester.shutdown()
        guard let first = missing.first else { return }
        guard missing.contains(where: \.isTold) else {
            throw LoadError(
                .cannotConnect,
                "\(target.tls ? "https" : "http")://\(target.host):\(target.port)/orders/\(name(first)) is answered with status 404, "
                    + "and not as Tandem does; check --url, or give the address of a subscription of a server that is not "
                    + "Tandem's with --target-url")
        }
        let names = missing.prefix(Self.named).map(name).joined(separator: ", ")
        let rest = missing.count > Self.named ? " and more" : ""
        throw LoadError(
            .cannotConnect,
            "the server has no \(names)\(rest) (status 404); start it with --orders \(specification.load.orders), or take as many "
                + "orders here (--orders) as it has")
    }

    private struct Missing {
        var number: Int
        /// Whether the answer is a problem document as Tandem sends it (RFC 9457).
        var isTold: Bool
    }

    private func name(_ order: Missing) -> String { specification.orderPrefix + String(order.number) }

    /// The checked orders that are answered with 404, in order. Each concurrent check stops after `named` of them.
    private func missing(_ requester: HTTPRequester) async -> [Missing] {
        let load = specification.load
        let count = specification.publishing == .http ? load.orders : min(load.orders, load.connections)
        let step = max(1, (count + Self.limit - 1) / Self.limit)
        let numbers = Array(stride(from: (count - 1) % step, to: count, by: step))
        return await withTaskGroup(of: [Missing].self) { group in
            for first in 0..<min(Self.requestsInFlight, numbers.count) {
                group.addTask {
                    var missing: [Missing] = []
                    for index in stride(from: first, to: numbers.count, by: Self.requestsInFlight) {
                        let answer = await answer(about: numbers[index], requester)
                        switch answer?.status {
                        case 200: continue
                        case 404:
                            let type = answer?["content-type"].map { MediaType($0).name }
                            let isTold = type == "application/problem+json"
                            missing.append(Missing(number: numbers[index], isTold: isTold))
                        default: return missing
                        }
                        if missing.count == Self.named { break }
                    }
                    return missing
                }
            }
            return await group.reduce(into: []) { $0 += $1 }.sorted { $0.number < $1.number }
        }
    }

    /// Nil if there is no answer.
    private func answer(about number: Int, _ requester: HTTPRequester) async -> HTTPRequester.Answer? {
        guard let order = OrderID(specification.orderPrefix + String(number)) else { return nil }
        let target = specification.target
        var request = ClientRequest(host: target.host, port: target.port, path: "/orders/\(order)")
        request.tls = target.tls
        request.headers = credential.headers()
        if let parameter = credential.parameter { request.path += "?" + parameter }
        request.deadline = .seconds(10)
        return try? await requester.send(request)
    }
}
