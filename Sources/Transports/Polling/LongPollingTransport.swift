import Clocks
import LWS
public import TransportCore

/// Requests that wait for news. Each answer has everything after the position that the client sent.
public struct LongPollingTransport: SocketTransport {
    public init() {}

    public var name: TransportName { .longPolling }

    public var capabilities: TransportCapabilities {
        TransportCapabilities(
            protocolVersions: [.h1, .h2], pushes: true, replays: true, carriesCommands: false, carriesManyOrders: false,
            heartbeats: [],
            limitations: [.init("heartbeat", because: "the end of each wait shows that both sides are there")])
    }

    public var routes: [Route] {
        [
            Route(.get, "/orders/{id}/updates", scope: .read) { request in
                let loop = request.loop
                let longest = Int(loop.configuration.limits.longPollWait.seconds)
                guard let wait = Self.seconds(request.exchange.query("wait") ?? "25", longest) else {
                    return request.refuse(400, "wait: give seconds, 0 to \(longest)")
                }
                do throws(Rejection) {
                    let orders = try loop.authorize([request.parameter ?? ""], request.principal)
                    let position = try loop.parsePosition(request.exchange.query("after"))
                    loop.longPoll(request, order: orders[0], after: position, wait: .seconds(wait))
                } catch {
                    request.refuse(error)
                }
            }
        ]
    }

    /// Nil where the text is not a number of seconds. Any number above the longest wait counts as that, however many
    /// digits it has.
    private static func seconds(_ text: String, _ longest: Int) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return min(Int(text) ?? longest, longest)
    }
}
