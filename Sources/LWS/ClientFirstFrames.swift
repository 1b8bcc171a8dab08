import CLibwebsockets
import Glibc

/// Has libwebsockets' client understand a server over HTTP/2 whose first SETTINGS frame has no entry, which is as good as any other
/// (RFC 9113, sections 3.4 and 6.5). That of 4.1 acknowledges such a frame, and sends its request behind an entry alone. So the frame
/// gets an entry here, which says what holds without it. Confined to its loop's thread.
///
/// The header of each connection's first frame is read here, and put into the list of what libwebsockets keeps: it asks whether there
/// is anything in that before it reads the socket itself.
final class ClientFirstFrames {
    private struct Header {
        let isTLS: Bool
        var bytes: [UInt8] = []
        var getsEntry = false

        /// Whether it is that of SETTINGS without an entry, as far as it has come. An acknowledgement has none, and is no first frame.
        var isEmpty: Bool {
            bytes.prefix(3).allSatisfy { $0 == 0 } && (bytes.count < 4 || bytes[3] == 4)
                && (bytes.count < 5 || bytes[4] & 1 == 0)
        }
    }

    /// Of the connections whose first frame has not come.
    private var headers: [OpaquePointer: Header] = [:]
    private var keptInput = KeptInput()

    private static let headerBytes = 9
    /// SETTINGS_MAX_FRAME_SIZE, and its initial value (section 6.5.2).
    private static let entry: [UInt8] = [0, 5, 0, 0, 0x40, 0]

    func expect(on wsi: OpaquePointer, isTLS: Bool) { headers[wsi] = Header(isTLS: isTLS) }

    /// The connection has gone, or is none of its own.
    func forget(_ wsi: OpaquePointer) { headers[wsi] = nil }

    /// libwebsockets asks what it keeps of a connection.
    func read(_ list: UnsafeMutablePointer<OpaquePointer?>) {
        guard !headers.isEmpty, let wsi = keptInput.connection(with: list, among: headers.keys),
            var header = headers[wsi], lws_buflist_total_len(list) == 0
        else { return }
        let place = header.bytes.count
        var bytes = take(Self.headerBytes - place, of: wsi, isTLS: header.isTLS)
        guard !bytes.isEmpty else { return }
        header.bytes += bytes
        if place < 3, header.bytes.count >= 3, header.isEmpty {
            // The last byte of its length.
            bytes[2 - place] = UInt8(Self.entry.count)
            header.getsEntry = true
        }
        if header.bytes.count == Self.headerBytes {
            if header.getsEntry { bytes += Self.entry }
            // In the call that uses the list libwebsockets reads on in a record of TLS, and would take that for the list's too.
            if let ssl = lws_get_ssl(wsi), case let left = Int(SSL_pending(ssl)), left > 0 {
                bytes += take(left, of: wsi, isTLS: true)
            }
            headers[wsi] = nil
        } else {
            headers[wsi] = header
        }
        if lws_buflist_append_segment(list, bytes, bytes.count) < 0 { tandem_cut(wsi) }
    }

    /// Reads a connection once. What is wrong with it libwebsockets finds when it reads on.
    private func take(_ count: Int, of wsi: OpaquePointer, isTLS: Bool) -> [UInt8] {
        withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { room in
            var taken = 0
            if !isTLS {
                taken = recv(lws_get_socket_fd(wsi), room.baseAddress, count, Int32(MSG_DONTWAIT))
            } else if let ssl = lws_get_ssl(wsi), SSL_is_init_finished(ssl) != 0,
                ApplicationProtocol.agreed(on: ssl) == "h2", case .bytes(let read) = TLSRead.once(ssl, into: room)
            {
                taken = read
            }
            return Array(room.prefix(max(0, taken)))
        }
    }
}
