import Clocks
import LWS
import TransportCore

extension ServerLoop {
    // MARK: Enforcement

    /// A credential was admitted: the loop checks when it ends.
    func expectEnd(of principal: Principal) {
        guard let end = principal.expires, end < nextEnd else { return }
        nextEnd = end
        let remaining = end * 1_000 - MonotonicClock().unixNanoseconds / 1_000_000
        endTimer.start(milliseconds: UInt64(max(1, remaining)))
    }

    /// Ends the streams, and answers the waiting polls, whose credentials are no longer valid. Costs one look-up for
    /// each distinct credential.
    func enforceCredentials() {
        let fallen = principals.fallen(by: service.auth)
        if !fallen.isEmpty {
            let ending = streams.indices.filter {
                fallen[streams[$0].principal] != nil && streams[$0].state != .closed
            }
            // One line for all streams of a credential, because one for each would take longer than their ends do. It
            // is written before the ends, so that anybody who sees an end finds its cause in the log.
            for (principal, count) in Dictionary(ending.map { (streams[$0].principal, 1) }, uniquingKeysWith: +) {
                log.ended(fallen[principal]?.name ?? "", principals[principal].subject, streams: count)
            }
            for stream in ending {
                // What waits for the reader is dropped, and a reason could only follow it.
                if let reason = fallen[streams[stream].principal] { tell(stream, .cut, reason) }
            }
        }
        refuseWaiting()
        nextEnd = .max
        for principal in principals.all { expectEnd(of: principal) }
        // Most servers have no waiting polls, and as many topics as orders.
        guard waitingPolls > 0 else { return }
        for topic in tokens.values {
            for waiter in topics[topic].waiters { expectEnd(of: waiter.request.principal) }
        }
    }

    // MARK: Renewal

    /// Replaces a stream's credential by a later one of the same subject.
    func renew(_ stream: Int, with principal: Principal) -> Bool {
        guard let renewed = principals[streams[stream].principal].renewed(by: principal) else { return false }
        let old = streams[stream].principal
        streams[stream].principal = principals.retain(renewed)
        principals.release(old)
        expectEnd(of: renewed)
        return true
    }

    /// Renews every stream that was opened with the token of this id. Returns their number.
    func renewStreams(openedWith id: CredentialID, by principal: Principal) -> Int {
        streams.indices.count { stream in
            guard streams[stream].principal >= 0, streams[stream].state.isLive else { return false }
            let current = principals[streams[stream].principal]
            guard current.subject == principal.subject, current.credential?.id == id else { return false }
            return renew(stream, with: principal)
        }
    }

    /// Renews streams on all loops, and answers once all loops have done so.
    func renewEverywhere(openedWith id: CredentialID, _ request: ServerRequest) {
        let collector = RenewalCount(loops: fleet.count)
        let (principal, fleet) = (request.principal, fleet)
        respond(to: request) { respond in
            fleet.submit { loop in
                guard let total = collector.add(loop.renewStreams(openedWith: id, by: principal)) else { return }
                respond { request in
                    guard total > 0 else {
                        return request.refuse(404, "no stream of yours was opened with a token of that id")
                    }
                    let expires = principal.expires.map(String.init) ?? "null"
                    request.respond(.json(200, Array("{\"streams\":\(total),\"expires\":\(expires)}".utf8)))
                }
            }
        }
    }
}
