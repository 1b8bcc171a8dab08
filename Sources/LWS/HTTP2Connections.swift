import CLibwebsockets
import Clocks

/// What of HTTP/2 libwebsockets 4.1 does not tell: requests whose heads have begun to arrive, the streams of each connection, and
/// which of them their peers have reset.
///
/// A request's first callback comes when its whole head has been read, in a later turn of the loop. Until then it is looked at after
/// each read of its connection.
final class HTTP2Connections {
    /// How many streams of one connection are served; libwebsockets allows some more, so that they can be answered with 503.
    let streamLimit: Int
    private let headerBytes: Int
    private let headDeadline: Duration
    private let clock = MonotonicClock()
    /// Called with a connection that is cut, and why.
    var cut: ((_ cause: String) -> Void)?

    /// A head that has not been read to its end.
    private struct Arrival {
        /// Whether it has been found to go on after a read of its connection.
        var goesOn = false
        var deadline: MonotonicInstant
    }

    /// Objects that have just been made, of which it is not known yet what they are.
    private var made: Set<OpaquePointer> = []
    /// By connection and stream.
    private var arriving: [OpaquePointer: [OpaquePointer: Arrival]] = [:]
    /// Connections that have been read since the last look, and have heads that go on.
    private var read: Set<OpaquePointer> = []
    /// The first bytes of targets that begin with no slash, which libwebsockets would answer itself, in HTML.
    private var targets: [OpaquePointer: UInt8] = [:]
    /// The connection of each request or stream, and those of each connection.
    private var networks: [OpaquePointer: OpaquePointer] = [:]
    private var streams: [OpaquePointer: Set<OpaquePointer>] = [:]
    /// Connections that are to end, and why: their peers broke the protocol.
    private var ending: [OpaquePointer: String] = [:]
    /// Connections that have had no request yet, and until when there must be one: what is in use costs nothing.
    private var unused: [OpaquePointer: MonotonicInstant] = [:]
    /// Streams whose answers have gone, and whose bodies are still to be read, for so long.
    private var discarding: [OpaquePointer: MonotonicInstant] = [:]

    init(streamLimit: Int, headerBytes: Int, headDeadline: Duration) {
        self.streamLimit = streamLimit
        self.headerBytes = headerBytes
        self.headDeadline = headDeadline
    }

    /// What SETTINGS_MAX_CONCURRENT_STREAMS says: libwebsockets ends the connection of a peer that goes beyond.
    static func advertised(over streamLimit: Int) -> Int { streamLimit + max(4, streamLimit / 4) }

    /// A connection begins: it has as long for its first request as a head may take.
    func connects(_ network: OpaquePointer) { unused[network] = clock.now.advanced(by: headDeadline) }

    /// libwebsockets has made an object: of a connection, or of a stream whose head has begun.
    func made(_ wsi: OpaquePointer) { made.insert(wsi) }

    /// Has the peer of a connection that is about to be read keep no dynamic table. Returns false where that cannot be seen to, and where the
    /// peer has announced a table that is of use to nobody.
    func refusesTable(of network: OpaquePointer) -> Bool {
        let streams = UInt32(clamping: Self.advertised(over: streamLimit))
        return tandem_h2_without_table(network, streams, UInt32(clamping: headerBytes)) != 0
            && tandem_h2_table_is_useless(network) == 0
    }

    /// libwebsockets is about to read a connection. Returns whether to `look` at what that brings.
    func isAboutToRead(_ network: OpaquePointer) -> Bool {
        guard arriving[network] != nil else { return false }
        read.insert(network)
        return true
    }

    /// Looks at the heads of which something may have come. After a turn of libwebsockets, and before the next.
    func look() {
        for wsi in made {
            guard tandem_is_h2(wsi) != 0, let network = lws_get_network_wsi(wsi) else { continue }
            let arrival = Arrival(deadline: clock.now.advanced(by: headDeadline))
            arriving[network, default: [:]][wsi] = arrival
            networks[wsi] = network
            read.insert(network)
        }
        made = []
        for network in read { look(at: network) }
        read = []
        endBroken()
    }

    private func endBroken() {
        for (network, cause) in ending { end(network, cause) }
    }

    private func look(at network: OpaquePointer) {
        endReset(on: network)
        for wsi in (arriving[network] ?? [:]).keys {
            mendTarget(of: wsi)
            guard !isComplete(wsi) else {
                hasArrived(wsi, on: network)
                unused[network] = nil
                continue
            }
            guard tandem_head_bytes(wsi) <= headerBytes else {
                return end(network, "the head of an HTTP/2 request has more than \(headerBytes) bytes")
            }
            arriving[network]?[wsi]?.goesOn = true
        }
    }

    private func hasArrived(_ wsi: OpaquePointer, on network: OpaquePointer) {
        arriving[network]?[wsi] = nil
        if arriving[network]?.isEmpty == true { arriving[network] = nil }
    }

    private func end(_ network: OpaquePointer, _ cause: String) {
        arriving[network] = nil
        ending[network] = nil
        unused[network] = nil
        tandem_cut(network)
        cut?(cause)
    }

    /// libwebsockets copies the path to the method's place when the head is complete. A method that it does not know has none, and
    /// so its request counts as arriving until its first callback.
    private func isComplete(_ wsi: OpaquePointer) -> Bool {
        Self.methods.contains { lws_hdr_total_length(wsi, $0) > 0 }
    }

    private static let methods = [
        WSI_TOKEN_GET_URI, WSI_TOKEN_POST_URI, WSI_TOKEN_OPTIONS_URI, WSI_TOKEN_PUT_URI, WSI_TOKEN_PATCH_URI,
        WSI_TOKEN_DELETE_URI, WSI_TOKEN_CONNECT, WSI_TOKEN_HEAD_URI,
    ]

    private func mendTarget(of wsi: OpaquePointer) {
        guard targets[wsi] == nil, lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_COLON_PATH) > 0 else { return }
        var path: UnsafeMutablePointer<CChar>?
        var length: Int32 = 0
        guard lws_http_get_uri_and_method(wsi, &path, &length) >= 0, let path,
            path.pointee != CChar(UInt8(ascii: "/"))
        else { return }
        targets[wsi] = UInt8(bitPattern: path.pointee)
        path.pointee = CChar(UInt8(ascii: "/"))
    }

    /// A request's head is complete. Returns how it is to be refused; nil where nothing is wrong with it.
    /// - Parameter target: its path, which gets the byte back that it came with.
    func begins(_ wsi: OpaquePointer, target: UnsafeMutableRawPointer?) -> RequestFlaw? {
        made.remove(wsi)
        guard tandem_is_h2(wsi) != 0, let network = lws_get_network_wsi(wsi) else { return nil }
        hasArrived(wsi, on: network)
        networks[wsi] = network
        unused[network] = nil
        streams[network, default: []].insert(wsi)
        if tandem_h2_table_is_useless(network) != 0 {
            ending[network] = "a table of HTTP/2 of a size that is of no use (RFC 7541, section 6.3)"
        }
        if let first = targets.removeValue(forKey: wsi) {
            target?.storeBytes(of: first, as: UInt8.self)
            return RequestFlaw(400, "a path begins with a slash (RFC 9113, section 8.3.1)")
        }
        guard tandem_head_bytes(wsi) <= headerBytes else { return RequestFlaw(.headLength) }
        if let flaw = HTTP2Head(fields: HeaderFields(wsi: wsi), endsStream: endsWithHead(wsi)).flaw { return flaw }
        guard let all = streams[network], all.count <= streamLimit || all.count(where: { !isReset($0) }) <= streamLimit
        else {
            return RequestFlaw(
                503, "a connection may have \(streamLimit) requests and streams at a time", retryAfter: 1)
        }
        return nil
    }

    /// Whether the request that begins has ended with its head: no body will come.
    func endsWithHead(_ wsi: OpaquePointer) -> Bool {
        networks[wsi] != nil && Int(tandem_h2_state(wsi)) == TANDEM_H2_HALF_CLOSED_REMOTE
    }

    /// libwebsockets would keep a stream that its peer has reset for as long as the connection lives, and write to it.
    private func endReset(on network: OpaquePointer) {
        for wsi in streams[network] ?? [] where isReset(wsi) { tandem_kill(wsi) }
    }

    private func isReset(_ wsi: OpaquePointer) -> Bool {
        Int(tandem_h2_state(wsi)) == TANDEM_H2_CLOSED
    }

    /// An answer has gone before its request's body had come: what comes of it until then is dropped, as its frames would end the
    /// connection where their stream had gone.
    func discardsBody(of wsi: OpaquePointer, for bound: Duration) {
        discarding[wsi] = clock.now.advanced(by: bound)
    }

    /// Ends the streams that their peers have reset, the connections that are to end, whose heads take too long or that have had no request
    /// in time, and the streams whose bodies take too long. Once a second.
    func endLeft() {
        for (network, _) in streams { endReset(on: network) }
        let now = clock.now
        for (network, heads) in arriving where heads.values.contains(where: { $0.deadline <= now }) {
            end(network, "the head of an HTTP/2 request is past its deadline")
        }
        // libwebsockets 4.1 gives each a minute from its last frame, whatever that was. A head that has begun has a deadline of its own.
        for (network, deadline) in unused where deadline <= now && arriving[network] == nil {
            end(network, "a connection of HTTP/2 has had no request by the deadline of a head")
        }
        endBroken()
        for (wsi, deadline) in discarding where deadline <= now {
            discarding[wsi] = nil
            tandem_kill(wsi)
        }
    }

    /// A stream ends whose request has no answer, and not all of its body. libwebsockets gives it up without a word where that stalls,
    /// and takes its next frame for an error.
    func lacksBody(_ wsi: OpaquePointer) {
        guard let network = networks[wsi], !isReset(wsi) else { return }
        ending[network] = "a body over HTTP/2 stopped before its end"
    }

    /// libwebsockets frees an object.
    func destroyed(_ wsi: OpaquePointer) {
        made.remove(wsi)
        read.remove(wsi)
        arriving[wsi] = nil
        targets[wsi] = nil
        discarding[wsi] = nil
        ending[wsi] = nil
        unused[wsi] = nil
        guard let network = networks.removeValue(forKey: wsi) else { return }
        // Nothing else can come where libwebsockets has given up a stream in the middle of its head.
        if arriving[network]?[wsi]?.goesOn == true {
            ending[network] = "an HTTP/2 stream ended in the middle of its head"
        }
        hasArrived(wsi, on: network)
        streams[network]?.remove(wsi)
        if streams[network]?.isEmpty == true { streams[network] = nil }
    }
}
